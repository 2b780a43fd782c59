/** A set-up step that could not be done; the message says what is missing and what mends it. */
export class SetupError extends Error {}

/** @param {NodeJS.ErrnoException} error what a file operation threw
 *  @param {string} path the file or folder */
export function describeFileError(error, path) {
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS') {
    return new SetupError(
      `${path} cannot be written (${error.code}).\nMake the folder writable for this user, or clone the project into a folder of your own.`,
    );
  }
  if (error.code === 'ENOSPC') {
    return new SetupError(
      `${path} cannot be written: the disk is full. The set-up needs about 1.5 GB.`,
    );
  }
  return error;
}
