// AccessToken2 ("007...") by agora-token, the hosted service's own package.
// The argument is JSON: {"app_id","certificate","user","expire"}, in seconds
// from now; without a user the token is the app's. The answer is the token.
import agora from 'agora-token';

const {app_id, certificate, user, expire} = JSON.parse(process.argv[2]);
const {ChatTokenBuilder} = agora;
console.log(user === undefined ?
    ChatTokenBuilder.buildAppToken(app_id, certificate, expire) :
    ChatTokenBuilder.buildUserToken(app_id, certificate, user, expire));
