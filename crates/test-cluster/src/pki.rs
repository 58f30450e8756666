//! The certificates of one cluster. They do not expire, and are deleted with the cluster's directory.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType,
};

use crate::error::Error;

/// The first address of `--service-cluster-ip-range`, which is the address of the Service `kubernetes`.
const SERVICE_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// A certificate authority that writes its files into one directory.
#[derive(Debug)]
pub(crate) struct CertificateAuthority {
    directory: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// The PEM files of a certificate, or of a bare public key, and of the private key.
#[derive(Debug)]
pub(crate) struct KeyFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl CertificateAuthority {
    /// Creates the authority and writes its certificate.
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
        write(&authority.certificate_path(), &authority.issuer.pem())?;
        Ok(authority)
    }

    /// Returns the path of the authority's own certificate.
    pub(crate) fn certificate_path(&self) -> PathBuf {
        self.directory.join("ca.crt")
    }

    /// Creates the API server's certificate for all names and addresses that clients use.
    pub(crate) fn server_certificate(&self) -> Result<KeyFiles, Error> {
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

    /// Creates a client certificate. Its common name is the Kubernetes user, and its organizations are at most two groups.
    pub(crate) fn client_certificate(
        &self,
        file: &str,
        user: &str,
        groups: &[&str],
    ) -> Result<KeyFiles, Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, user);
        // rcgen stores one value per attribute type, but treats these two names of the same type as different.
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

    /// Creates the key pair that signs and verifies ServiceAccount tokens. [`KeyFiles::certificate`] is the public key.
    pub(crate) fn service_account_keys(&self) -> Result<KeyFiles, Error> {
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
