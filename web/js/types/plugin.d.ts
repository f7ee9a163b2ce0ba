// The types of tim-upload-plugin.

/** What programs register: `registerPlugin({ 'tim-upload-plugin': TIMUploadPlugin })`. The engine uploads files by itself. */
export default class TIMUploadPlugin {
  /** The version of the API that this package has. */
  static getVersion(): string;
}
