//! Managed response headers policies. Source: developer guide, "Use managed response headers policies".

use std::sync::LazyLock;

use super::{collection, list_of};
use crate::{service::Collection, xml::Element};

pub(in crate::api::family) static RESPONSE_HEADERS_POLICIES: LazyLock<Collection> =
    LazyLock::new(|| collection(ROWS.iter().map(|row| (row.id, row.to_element()))));

struct Row {
    name: &'static str,
    id: &'static str,
    cors: Option<Cors>,
    has_security_headers: bool,
}

/// The configuration of Cross-Origin Resource Sharing.
#[derive(Clone, Copy)]
enum Cors {
    Simple,
    WithPreflight,
}

impl Row {
    fn to_element(&self) -> Element {
        let security = self.has_security_headers.then(security_headers);
        let mut config = Element::new("ResponseHeadersPolicyConfig")
            .with(Element::leaf("Comment", ""))
            .with(Element::leaf("Name", self.name));
        config.children.extend(self.cors.map(Cors::to_element));
        config.children.extend(security);
        config
    }
}

impl Cors {
    /// Returns the configuration. The allowed headers of both and the methods of the simple one are unknown.
    fn to_element(self) -> Element {
        let (methods, exposed): (&[&str], &[&str]) = match self {
            Self::Simple => (&["GET", "HEAD"], &[]),
            Self::WithPreflight => (
                &["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"],
                &["*"],
            ),
        };
        Element::new("CorsConfig")
            .with(list_of("AccessControlAllowOrigins", "Origin", &["*"]))
            .with(list_of("AccessControlAllowHeaders", "Header", &["*"]))
            .with(list_of("AccessControlAllowMethods", "Method", methods))
            .with(Element::leaf("AccessControlAllowCredentials", false))
            .with(list_of("AccessControlExposeHeaders", "Header", exposed))
            .with(Element::leaf("OriginOverride", false))
    }
}

fn security_headers() -> Element {
    let header =
        |name: &str, overrides: bool| Element::new(name).with(Element::leaf("Override", overrides));
    Element::new("SecurityHeadersConfig")
        .with(
            header("XSSProtection", false)
                .with(Element::leaf("Protection", true))
                .with(Element::leaf("ModeBlock", true)),
        )
        .with(header("FrameOptions", false).with(Element::leaf("FrameOption", "SAMEORIGIN")))
        .with(header("ReferrerPolicy", false).with(Element::leaf(
            "ReferrerPolicy",
            "strict-origin-when-cross-origin",
        )))
        .with(header("ContentTypeOptions", true))
        .with(
            header("StrictTransportSecurity", false)
                .with(Element::leaf("AccessControlMaxAgeSec", 31_536_000)),
        )
}

static ROWS: [Row; 5] = [
    Row {
        name: "Managed-SimpleCORS",
        id: "60669652-455b-4ae9-85a4-c4c02393f86c",
        cors: Some(Cors::Simple),
        has_security_headers: false,
    },
    Row {
        name: "Managed-CORS-With-Preflight",
        id: "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        cors: Some(Cors::WithPreflight),
        has_security_headers: false,
    },
    Row {
        name: "Managed-SecurityHeadersPolicy",
        id: "67f7725c-6f97-4210-82d7-5512b31e9d03",
        cors: None,
        has_security_headers: true,
    },
    Row {
        name: "Managed-CORS-and-SecurityHeadersPolicy",
        id: "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        cors: Some(Cors::Simple),
        has_security_headers: true,
    },
    Row {
        name: "Managed-CORS-with-preflight-and-SecurityHeadersPolicy",
        id: "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        cors: Some(Cors::WithPreflight),
        has_security_headers: true,
    },
];
