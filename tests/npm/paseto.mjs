// PASETO v4 by paseto-ts, which is not ours: opens what we made, makes what we
// must open. The argument and the answer are JSON:
//
//   {"key","token","assertion"}            -> {"payload","footer"}
//   {"key","payload","footer","assertion"} -> {"token"}
//
// or {"error"}. The key is a PASERK, which says the purpose.
import {webcrypto} from 'node:crypto';
import {decrypt, encrypt, sign, verify} from 'paseto-ts/v4';

const openers = {local: decrypt, public: verify};
const makers = {local: encrypt, secret: sign};

function answer({key, token, payload, footer, assertion}) {
  const purpose = key.split('.')[1];
  if (token) return openers[purpose](key, token, {assertion});
  // Node 18 has no global crypto yet.
  const getRandomValues = (array) => webcrypto.getRandomValues(array);
  const options =
      {footer, assertion, addIat: false, addExp: false, getRandomValues};
  return {token: makers[purpose](key, payload, options)};
}

try {
  console.log(JSON.stringify(answer(JSON.parse(process.argv[2]))));
} catch (error) {
  console.log(JSON.stringify({error: error.name}));
}
