//! Managed origin request policies. Source: developer guide, "Use managed origin request policies".

use std::sync::LazyLock;

use super::{ALL, NONE, Selection, collection};
use crate::{service::Collection, xml::Element};

pub(in crate::api::family) static ORIGIN_REQUEST_POLICIES: LazyLock<Collection> =
    LazyLock::new(|| collection(ROWS.iter().map(|row| (row.id, row.to_element()))));

struct Row {
    name: &'static str,
    id: &'static str,
    headers: Selection,
    cookies: Selection,
    query_strings: Selection,
}

impl Row {
    fn to_element(&self) -> Element {
        let query_strings = &self.query_strings;
        Element::new("OriginRequestPolicyConfig")
            .with(Element::leaf("Comment", ""))
            .with(Element::leaf("Name", self.name))
            .with(
                self.headers
                    .to_element("HeadersConfig", "HeaderBehavior", "Headers"),
            )
            .with(
                self.cookies
                    .to_element("CookiesConfig", "CookieBehavior", "Cookies"),
            )
            .with(query_strings.to_element(
                "QueryStringsConfig",
                "QueryStringBehavior",
                "QueryStrings",
            ))
    }
}

const fn row(name: &'static str, id: &'static str, headers: Selection) -> Row {
    Row {
        name,
        id,
        headers,
        cookies: NONE,
        query_strings: NONE,
    }
}

static ROWS: [Row; 8] = [
    Row {
        cookies: ALL,
        query_strings: ALL,
        ..row(
            "Managed-AllViewer",
            "216adef6-5c7f-47e4-b989-5492eafa07d3",
            Selection("allViewer", &[]),
        )
    },
    Row {
        cookies: ALL,
        query_strings: ALL,
        ..row(
            "Managed-AllViewerAndCloudFrontHeaders-2022-06",
            "33f36d7e-f396-46d9-90e0-52428a34d9dc",
            Selection("allViewerAndWhitelistCloudFront", &CLOUDFRONT_HEADERS),
        )
    },
    Row {
        cookies: ALL,
        query_strings: ALL,
        ..row(
            "Managed-AllViewerExceptHostHeader",
            "b689b0a8-53d0-40ab-baf2-68738e2966ac",
            Selection("allExcept", &["host"]),
        )
    },
    row(
        "Managed-CORS-CustomOrigin",
        "59781a5b-3903-41f3-afcb-af62929ccde1",
        Selection("whitelist", &["origin"]),
    ),
    row(
        "Managed-CORS-S3Origin",
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        Selection(
            "whitelist",
            &[
                "origin",
                "access-control-request-headers",
                "access-control-request-method",
            ],
        ),
    ),
    Row {
        query_strings: ALL,
        ..row(
            "Managed-Elemental-MediaTailor-PersonalizedManifests",
            "775133bc-15f2-49f9-abea-afb2e0bf67d2",
            Selection(
                "whitelist",
                &[
                    "origin",
                    "access-control-request-headers",
                    "access-control-request-method",
                    "user-agent",
                    "x-forwarded-for",
                ],
            ),
        )
    },
    row(
        "Managed-HostHeaderOnly",
        "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        Selection("whitelist", &["host"]),
    ),
    row(
        "Managed-UserAgentRefererHeaders",
        "acba4595-bd28-49b8-b9fe-13317c0390fa",
        Selection("whitelist", &["user-agent", "referer"]),
    ),
];

static CLOUDFRONT_HEADERS: [&str; 21] = [
    "CloudFront-Forwarded-Proto",
    "CloudFront-Is-Android-Viewer",
    "CloudFront-Is-Desktop-Viewer",
    "CloudFront-Is-IOS-Viewer",
    "CloudFront-Is-Mobile-Viewer",
    "CloudFront-Is-SmartTV-Viewer",
    "CloudFront-Is-Tablet-Viewer",
    "CloudFront-Viewer-Address",
    "CloudFront-Viewer-ASN",
    "CloudFront-Viewer-City",
    "CloudFront-Viewer-Country",
    "CloudFront-Viewer-Country-Name",
    "CloudFront-Viewer-Country-Region",
    "CloudFront-Viewer-Country-Region-Name",
    "CloudFront-Viewer-Http-Version",
    "CloudFront-Viewer-Latitude",
    "CloudFront-Viewer-Longitude",
    "CloudFront-Viewer-Metro-Code",
    "CloudFront-Viewer-Postal-Code",
    "CloudFront-Viewer-Time-Zone",
    "CloudFront-Viewer-TLS",
];
