import { type Certificate, makeCertificate } from './make-certificate.ts';

/** What the TLS ports of a lab show, and the authority that a client has to trust for the good ones. */
export interface LabCertificates {
  readonly authority: Certificate;
  readonly good: Certificate;
  readonly selfSigned: Certificate;
  readonly expired: Certificate;
  readonly wrongName: Certificate;
}

const HOSTS = ['localhost', '127.0.0.1'];

/** Makes them anew, with an authority that nobody knows yet. */
export function makeLabCertificates(): LabCertificates {
  const authority = makeCertificate({ name: 'sluice lab authority', isAuthority: true });
  return {
    authority,
    good: makeCertificate({ name: 'sluice lab', hosts: HOSTS, issuer: authority }),
    selfSigned: makeCertificate({ name: 'sluice lab, self-signed', hosts: HOSTS }),
    expired: makeCertificate({ name: 'sluice lab, expired', hosts: HOSTS, issuer: authority, days: [-60, -30] }),
    wrongName: makeCertificate({ name: 'another host', hosts: ['another-host.test'], issuer: authority }),
  };
}
