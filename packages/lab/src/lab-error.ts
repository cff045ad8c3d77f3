/** What can go wrong when a lab is started; stable, meant for programs. */
export type LabErrorCode = 'SLUICE_LAB_PORT_IN_USE' | 'SLUICE_LAB_LISTEN_FAILED' | 'SLUICE_LAB_OPTION';

/** Thrown by `startLab`. `code` says what kind of failure it is, `cause` holds the system's own error, if there was one. */
export class LabError extends Error {
  override readonly name: string = 'LabError';
  readonly code: LabErrorCode;

  constructor(message: string, code: LabErrorCode, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
