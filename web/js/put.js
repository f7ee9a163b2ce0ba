// How files go up from a page: by a request that tells of its progress.

/**
 * Uploads a file.
 * @param {string} url
 * @param {Blob | Uint8Array} body
 * @param {(part: number) => void} progress is told 0 to 1
 * @returns {Promise<{status: number, body: ArrayBuffer}>}
 */
export function put(url, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.responseType = 'arraybuffer';
    request.upload.onprogress = ({ loaded, total }) => {
      try {
        progress(total > 0 ? loaded / total : 0);
      } catch {
        // The engine has given the upload up.
        request.abort();
      }
    };
    request.onload = () => resolve({ status: request.status, body: request.response });
    request.onerror = () => reject(new Error('the connection broke off'));
    request.onabort = request.onerror;
    request.send(body);
  });
}
