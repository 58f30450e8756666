//! Managed cache policies. Sources: developer guide, "Use managed cache policies". The contents of the policies of Amplify
//! Hosting are those in public repositories.

use std::sync::LazyLock;

use super::{ALL, NONE, Selection, collection};
use crate::{service::Collection, xml::Element};

pub(in crate::api::family) static CACHE_POLICIES: LazyLock<Collection> =
    LazyLock::new(|| collection(ROWS.iter().map(|row| (row.id, row.to_element()))));

struct Row {
    name: &'static str,
    id: &'static str,
    /// The minimum, default and maximum TTL.
    ttls: [usize; 3],
    gzip: bool,
    brotli: bool,
    headers: Selection,
    cookies: Selection,
    query_strings: Selection,
}

impl Row {
    fn to_element(&self) -> Element {
        let [min, default, max] = self.ttls;
        let headers = &self.headers;
        let cookies = &self.cookies;
        let query_strings = &self.query_strings;
        let parameters = Element::new("ParametersInCacheKeyAndForwardedToOrigin")
            .with(Element::leaf("EnableAcceptEncodingGzip", self.gzip))
            .with(Element::leaf("EnableAcceptEncodingBrotli", self.brotli))
            .with(headers.to_element("HeadersConfig", "HeaderBehavior", "Headers"))
            .with(cookies.to_element("CookiesConfig", "CookieBehavior", "Cookies"))
            .with(query_strings.to_element(
                "QueryStringsConfig",
                "QueryStringBehavior",
                "QueryStrings",
            ));
        Element::new("CachePolicyConfig")
            .with(Element::leaf("Comment", ""))
            .with(Element::leaf("Name", self.name))
            .with(Element::leaf("DefaultTTL", default))
            .with(Element::leaf("MaxTTL", max))
            .with(Element::leaf("MinTTL", min))
            .with(parameters)
    }
}

const DAY: usize = 86_400;
const YEAR: usize = 31_536_000;

const fn row(name: &'static str, id: &'static str, ttls: [usize; 3]) -> Row {
    Row {
        name,
        id,
        ttls,
        gzip: true,
        brotli: true,
        headers: NONE,
        cookies: NONE,
        query_strings: NONE,
    }
}

const METHOD_HEADERS: Selection = Selection(
    "whitelist",
    &[
        "host",
        "origin",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
    ],
);
const DEPLOYMENT_COOKIE: Selection = Selection("whitelist", &["__dpl"]);
const DEFAULT_HEADERS: Selection = Selection(
    "whitelist",
    &[
        "Accept",
        "Authorization",
        "CloudFront-Viewer-Country",
        "Host",
    ],
);
const DEFAULT_V2_HEADERS: Selection = Selection(
    "whitelist",
    &[
        "Accept",
        "Authorization",
        "CloudFront-Viewer-Country",
        "Host",
        "RSC",
        "X-Amplify-Dpl",
    ],
);
const IMAGE_HEADERS: Selection = Selection("whitelist", &["Accept", "Authorization", "Host"]);
const IMAGE_V2_HEADERS: Selection = Selection(
    "whitelist",
    &["Accept", "Authorization", "Host", "RSC", "X-Amplify-Dpl"],
);
const STATIC_HEADERS: Selection = Selection("whitelist", &["Authorization", "Host"]);

static ROWS: [Row; 15] = [
    Row {
        headers: Selection(
            "whitelist",
            &["Authorization", "CloudFront-Viewer-Country", "Host"],
        ),
        cookies: ALL,
        query_strings: ALL,
        ..row(
            "Managed-Amplify",
            "2e54312d-136d-493c-8eb9-b001f22f67d2",
            [2, 2, 600],
        )
    },
    Row {
        gzip: false,
        brotli: false,
        ..row(
            "Managed-CachingDisabled",
            "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            [0, 0, 0],
        )
    },
    row(
        "Managed-CachingOptimized",
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
        [1, DAY, YEAR],
    ),
    Row {
        gzip: false,
        brotli: false,
        ..row(
            "Managed-CachingOptimizedForUncompressedObjects",
            "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
            [1, DAY, YEAR],
        )
    },
    Row {
        brotli: false,
        headers: Selection("whitelist", &["origin"]),
        query_strings: Selection("whitelist", &["aws.manifestfilter", "start", "end", "m"]),
        ..row(
            "Managed-Elemental-MediaPackage",
            "08627262-05a9-4f76-9ded-b50ca2e3a84f",
            [0, DAY, YEAR],
        )
    },
    Row {
        headers: METHOD_HEADERS,
        cookies: ALL,
        ..row(
            "UseOriginCacheControlHeaders",
            "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: METHOD_HEADERS,
        cookies: ALL,
        query_strings: ALL,
        ..row(
            "UseOriginCacheControlHeaders-QueryStrings",
            "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: DEFAULT_HEADERS,
        cookies: ALL,
        query_strings: ALL,
        ..row(
            "Managed-Amplify-Default",
            "4d1d2f1d-3a71-49ad-9e08-7ea5d843a556",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: DEFAULT_HEADERS,
        query_strings: ALL,
        ..row(
            "Managed-Amplify-DefaultNoCookies",
            "a6bad946-36c3-4c33-aa98-362c74a7fb13",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: IMAGE_HEADERS,
        query_strings: ALL,
        ..row(
            "Managed-Amplify-ImageOptimization",
            "1c6db51a-a33f-469a-8245-dae26771f530",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: STATIC_HEADERS,
        ..row(
            "Managed-Amplify-StaticContent",
            "7e5fad67-ee98-4ad0-b05a-394999eefc1a",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: DEFAULT_V2_HEADERS,
        cookies: ALL,
        query_strings: ALL,
        ..row(
            "Managed-Amplify-Default-V2",
            "1b1c9610-973a-4fb9-9932-a6c274840887",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: DEFAULT_V2_HEADERS,
        cookies: DEPLOYMENT_COOKIE,
        query_strings: ALL,
        ..row(
            "Managed-Amplify-DefaultNoCookies-V2",
            "17322e93-4707-445a-93bc-6c8c16621822",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: IMAGE_V2_HEADERS,
        cookies: DEPLOYMENT_COOKIE,
        query_strings: ALL,
        ..row(
            "Managed-Amplify-ImageOptimization-V2",
            "766eb028-1aff-4eb2-a5a4-2674e1538f26",
            [0, 0, YEAR],
        )
    },
    Row {
        headers: STATIC_HEADERS,
        query_strings: Selection("whitelist", &["dpl"]),
        ..row(
            "Managed-Amplify-StaticContent-V2",
            "4c02794c-7c81-4ba1-8b5d-e05fb0f95ed8",
            [0, 0, YEAR],
        )
    },
];
