//! The policies that AWS manages, by name instead of by ID. Sources: "Use managed cache policies", "Use managed origin request policies" and
//! "Use managed response headers policies" in the Amazon CloudFront Developer Guide.

use super::types::string_enum;

/// Defines the type of the names of policies, and the table of their IDs.
macro_rules! managed_policies {
    ($(#[$doc:meta])* $name:ident, $table:ident { $($policy:literal => $id:literal),+ $(,)? }) => {
        string_enum! { $(#[$doc])* $name: $($policy)|+ }

        /// The names and the IDs of these policies.
        pub(in crate::kinds) const $table: &[(&str, &str)] = &[$(($policy, $id)),+];
    };
}

managed_policies! {
    /// A cache policy that AWS manages.
    ManagedCachePolicy, CACHE_POLICIES {
        "Amplify" => "2e54312d-136d-493c-8eb9-b001f22f67d2",
        "CachingDisabled" => "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "CachingOptimized" => "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "CachingOptimizedForUncompressedObjects" => "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        "Elemental-MediaPackage" => "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        "UseOriginCacheControlHeaders" => "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        "UseOriginCacheControlHeaders-QueryStrings" => "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
    }
}

managed_policies! {
    /// An origin request policy that AWS manages.
    ManagedOriginRequestPolicy, ORIGIN_REQUEST_POLICIES {
        "AllViewer" => "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "AllViewerAndCloudFrontHeaders-2022-06" => "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        "AllViewerExceptHostHeader" => "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        "CORS-CustomOrigin" => "59781a5b-3903-41f3-afcb-af62929ccde1",
        "CORS-S3Origin" => "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        "Elemental-MediaTailor-PersonalizedManifests" => "775133bc-15f2-49f9-abea-afb2e0bf67d2",
        "HostHeaderOnly" => "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        "UserAgentRefererHeaders" => "acba4595-bd28-49b8-b9fe-13317c0390fa",
    }
}

managed_policies! {
    /// A response headers policy that AWS manages.
    ManagedResponseHeadersPolicy, RESPONSE_HEADERS_POLICIES {
        "CORS-With-Preflight" => "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        "CORS-and-SecurityHeadersPolicy" => "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        "CORS-with-preflight-and-SecurityHeadersPolicy" => "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        "SecurityHeadersPolicy" => "67f7725c-6f97-4210-82d7-5512b31e9d03",
        "SimpleCORS" => "60669652-455b-4ae9-85a4-c4c02393f86c",
    }
}

/// The cache policies of Amplify Hosting, which AWS manages too. They are not for other distributions.
pub(in crate::kinds) const AMPLIFY_HOSTING: &[(&str, &str)] = &[
    ("Amplify-Default", "4d1d2f1d-3a71-49ad-9e08-7ea5d843a556"),
    (
        "Amplify-DefaultNoCookies",
        "a6bad946-36c3-4c33-aa98-362c74a7fb13",
    ),
    (
        "Amplify-ImageOptimization",
        "1c6db51a-a33f-469a-8245-dae26771f530",
    ),
    (
        "Amplify-StaticContent",
        "7e5fad67-ee98-4ad0-b05a-394999eefc1a",
    ),
    ("Amplify-Default-V2", "1b1c9610-973a-4fb9-9932-a6c274840887"),
    (
        "Amplify-DefaultNoCookies-V2",
        "17322e93-4707-445a-93bc-6c8c16621822",
    ),
    (
        "Amplify-ImageOptimization-V2",
        "766eb028-1aff-4eb2-a5a4-2674e1538f26",
    ),
    (
        "Amplify-StaticContent-V2",
        "4c02794c-7c81-4ba1-8b5d-e05fb0f95ed8",
    ),
];
