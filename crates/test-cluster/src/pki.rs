//! Certificates for one cluster. They are valid for ever, and gone with its directory.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType,
};

use crate::Error;

/// The first address of `--service-cluster-ip-range`, which the service `kubernetes` gets.
const SERVICE_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// A certificate authority with its files in one directory.
#[derive(Debug)]
pub(crate) struct Authority {
    directory: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its private key, both PEM.
#[derive(Debug)]
pub(crate) struct KeyFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    /// Makes the authority and writes its certificate.
    pub(crate) fn new(directory: &Path) -> Result<Self, Error> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        params
            .distinguished_name
            .push(DnType::CommonName, "cluster");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let authority = Self {
            directory: directory.to_owned(),
            issuer,
        };
        write(&authority.certificate(), &authority.issuer.pem())?;
        Ok(authority)
    }

    /// The authority's own certificate.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.join("ca.crt")
    }

    /// The API server's certificate, good for the names and addresses it is reached by.
    pub(crate) fn server(&self) -> Result<KeyFiles, Error> {
        let names = [
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
        ];
        let mut params = CertificateParams::new(names.map(String::from))?;
        params
            .subject_alt_names
            .push(SanType::IpAddress(Ipv4Addr::LOCALHOST.into()));
        params
            .subject_alt_names
            .push(SanType::IpAddress(SERVICE_ADDRESS));
        params
            .distinguished_name
            .push(DnType::CommonName, "kube-apiserver");
        self.sign(
            "kube-apiserver",
            params,
            ExtendedKeyUsagePurpose::ServerAuth,
        )
    }

    /// A client certificate, which Kubernetes reads as a user (common name) with groups (organizations), two at most.
    pub(crate) fn client(
        &self,
        file: &str,
        user: &str,
        groups: &[&str],
    ) -> Result<KeyFiles, Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, user);
        // rcgen keeps one value for each attribute type, but does not know that these two are the same.
        let organizations = [
            DnType::OrganizationName,
            DnType::CustomDnType(vec![2, 5, 4, 10]),
        ];
        if groups.len() > organizations.len() {
            return Err(Error::TooManyGroups {
                user: user.to_owned(),
            });
        }
        for (attribute, group) in organizations.into_iter().zip(groups) {
            params.distinguished_name.push(attribute, *group);
        }
        self.sign(file, params, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// The key pair that signs and checks service account tokens. The public half is where a certificate would be.
    pub(crate) fn service_accounts(&self) -> Result<KeyFiles, Error> {
        let key = KeyPair::generate()?;
        self.store("service-accounts", &key.public_key_pem(), &key)
    }

    fn sign(
        &self,
        file: &str,
        mut params: CertificateParams,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<KeyFiles, Error> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        self.store(file, &certificate.pem(), &key)
    }

    fn store(&self, file: &str, public: &str, key: &KeyPair) -> Result<KeyFiles, Error> {
        let files = KeyFiles {
            certificate: self.directory.join(format!("{file}.crt")),
            key: self.directory.join(format!("{file}.key")),
        };
        write(&files.certificate, public)?;
        write(&files.key, &key.serialize_pem())?;
        Ok(files)
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| Error::io("write", path, source))
}
