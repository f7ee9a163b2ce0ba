// What `import TIMUploadPlugin from 'tim-upload-plugin'` gives: a class to register. The engine uploads files by itself, so that it is
// never called.

const VERSION = '1.4.3';

export default class TIMUploadPlugin {
  /** The version of the API that this package has. */
  static getVersion() {
    return VERSION;
  }
}
