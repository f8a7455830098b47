// A program written for the hosted API, npm's easemob-sdk, against the gateway
// whose address is the argument: a token, users, a room, adding and removing.
// Prints the status and the interesting part of each answer, a line each.
import {createRequire} from 'node:module';

const require = createRequire(process.cwd() + '/');
const sdk = require('easemob-sdk');
const settings = require('easemob-sdk/lib/const');
const requests = require('easemob-sdk/lib/easemob_request');

settings.BASE_URL = `http://${process.argv[2]}/`;
requests.init('acme', 'chat', 'demo-client', 'demo-secret');

function call(name, part, ...args) {
  const [module, method] = name.split('.');
  return new Promise((resolve, reject) => {
    sdk[module][method](...args, (error, answer, body) => {
      if (error) return reject(error);
      console.log(name, answer.statusCode, JSON.stringify(part(body)));
      resolve(body);
    });
  });
}

const data = (body) => body.data ?? body.error;
const names = (body) => body.entities.map((user) => user.username);

const {access_token: token} = await new Promise(
    (resolve, reject) => requests.get_token(
        (error, body) => error ? reject(error) : resolve(body)));
await call('user.create', names, 'amy', 'secret', token);
await call('user.create_batch', names,
           [{username: 'bob', password: 'b'}, {username: 'carl'}], token);
await call('user.get', names, 'BOB', token);
const room = (await call('chatroom.create', (body) => Object.keys(body.data), {
  name: 'testchatroom', description: 'server create chatroom',
  maxusers: 300, owner: 'amy', members: ['bob'],
}, token)).data.id;
const hideRoom = (body) =>
    JSON.parse(JSON.stringify(data(body)).replaceAll(room, 'ROOM'));
await call('chatroom.add_member', hideRoom, 'carl', room, token);
await call('chatroom.add_member', hideRoom, 'carl', room, token);
await call('chatroom.add_member_batch', hideRoom,
           {usernames: ['bob', 'carl']}, room, token);
await call('chatroom.get', (body) => body.data[0].affiliations, room, token);
await call('chatroom.get_all', (body) => body.data[0].affiliations_count,
           token);
await call('chatroom.get_user_chatroom', hideRoom, 'carl', token);
await call('chatroom.modify', hideRoom,
           {name: 'new', description: 'd', maxusers: 200}, room, token);
await call('chatroom.remove_member', hideRoom, 'carl', room, token);
await call('chatroom.remove_member_batch', hideRoom, 'bob,carl', room, token);
await call('chatroom.remove', hideRoom, room, token);
await call('user.remove', names, 'bob', token);
await call('user.get', data, 'bob', token);
