// What the demo's own server (serve.mjs) gives: the application, its people, and what each logs in with. In its place an application
// asks its backend, which knows who the visitor is and signs the UserSig: the key for that never is in a page.

/** @returns {Promise<{SDKAppID: number, server: string}>} */
export const application = () => ask('application');

/** @returns {Promise<string[]>} their IDs */
export const people = () => ask('people');

/** @returns {Promise<string>} */
export const userSigOf = (userID) => ask(`usersig/${encodeURIComponent(userID)}`);

async function ask(what) {
  const answer = await fetch(`/demo/${what}`);
  if (!answer.ok) throw new Error(`the demo's server knows no ${what}`);
  return answer.json();
}
