// How files go up from a page: by a request that tells of its progress.

/**
 * Uploads a file.
 * @param {string} url
 * @param {Blob | Uint8Array} body
 * @param {(part: number) => void} progress is told 0 to 1
 * @returns {Promise<{status: number, body: ArrayBuffer}> & {abort: () => void}}
 */
export function put(url, body, progress) {
  const request = new XMLHttpRequest();
  const answer = new Promise((resolve, reject) => {
    request.open('PUT', url);
    request.responseType = 'arraybuffer';
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.onload = () => resolve({ status: request.status, body: request.response });
    request.onerror = () => reject(new Error('the connection broke off'));
    request.onabort = request.onerror;
    request.send(body);
  });
  const abort = () => {
    // The engine takes no progress any more.
    request.upload.onprogress = null;
    request.abort();
  };
  return Object.assign(answer, { abort });
}
