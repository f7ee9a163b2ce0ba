//! `tim-server cert`: a certificate for a server that no public authority knows, as on a home network.
//!
//! A certificate that is its own authority would not do: clients refuse one as a server's. So this makes an authority that
//! signs one certificate; its key is never stored, so nobody can sign anything else in its name.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

use super::terminal::{AnyResult, print_answer, print_note};
use crate::data::{hex, random};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long a certificate holds: the most that Apple's systems accept of a private authority.
const LIFE: Duration = Duration::from_secs(825 * 24 * 3600);

#[derive(Debug, Args)]
pub(super) struct Cert {
    /// A name or IP address that clients connect to. May be given several times.
    #[arg(long = "host", required = true)]
    hosts: Vec<String>,
    /// The folder for certificate.pem, key.pem and root.pem. Made if it does not exist.
    #[arg(long)]
    to: PathBuf,
}

impl Cert {
    pub(super) fn run(self) -> AnyResult {
        let made = CertificateFiles::now(&self.hosts)?;
        fs::create_dir_all(&self.to).map_err(|why| format!("{}: {why}", self.to.display()))?;
        let folder = std::path::absolute(&self.to)?;
        let [certificate, key, root] =
            ["certificate.pem", "key.pem", "root.pem"].map(|name| folder.join(name));
        write(&key, &made.key)?;
        write(&certificate, &made.certificate)?;
        write(&root, &made.root)?;
        print_answer(&format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n"))?;
        print_note(&format!(
            "put these lines into the server's configuration, and give each app the text of {} as extraRootsPem;\n\
             apps connect to wss:// and one of: {}. The certificate holds for 825 days.\n",
            root.display(),
            self.hosts.join(", ")
        ));
        Ok(())
    }
}

/// What is made, in PEM.
struct CertificateFiles {
    certificate: String,
    key: String,
    root: String,
}

impl CertificateFiles {
    fn now(hosts: &[String]) -> AnyResult<Self> {
        // Clocks differ: it holds for a phone whose clock is behind, too.
        let begins = SystemTime::now() - DAY;
        let mut authority = CertificateParams::new(Vec::new())?;
        // A name of its own: an authority that was made anew must not be taken for the former one.
        let name = format!("tim-server cert {}", hex(&random()?).split_at(16).0);
        authority.distinguished_name.push(DnType::CommonName, name);
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        authority.not_before = begins.into();
        authority.not_after = (begins + LIFE).into();
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let mut leaf = CertificateParams::new(hosts.to_vec())?;
        leaf.distinguished_name.push(DnType::CommonName, hosts.first().map_or("", String::as_str));
        leaf.is_ca = IsCa::ExplicitNoCa;
        leaf.use_authority_key_identifier_extension = true;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.not_before = begins.into();
        leaf.not_after = (begins + LIFE).into();
        let key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&key, &issuer)?;
        Ok(Self { certificate: certificate.pem(), key: key.serialize_pem(), root: issuer.pem() })
    }
}

/// Writes a new file that only its owner reads. One that is there stays as it is: a server may be using it.
fn write(path: &Path, pem: &str) -> AnyResult {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(pem.as_bytes()));
    written.map_err(|why| match why.kind() {
        ErrorKind::AlreadyExists => {
            format!("{}: there is one already: choose a new folder, or remove it", path.display()).into()
        }
        _ => format!("{}: {why}", path.display()).into(),
    })
}
