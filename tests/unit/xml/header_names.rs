//! HTTP ignores the case of the names of headers, and CloudFront's own policies mix cases.

use super::overlay::check;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    headers: HeaderNames,
    cookies: Names,
}

#[derive(Serialize)]
#[serde(rename = "Items/Name:headers")]
struct HeaderNames(&'static [&'static str]);

#[derive(Serialize)]
#[serde(rename = "Items/Name")]
struct Names(&'static [&'static str]);

const OBSERVED: &str = "<C><Headers><Quantity>1</Quantity><Items><Name>origin</Name></Items></Headers>\
                        <Cookies><Quantity>1</Quantity><Items><Name>id</Name></Items></Cookies></C>";

#[test]
fn the_names_of_headers_compare_without_their_case() {
    let desired = Selection {
        headers: HeaderNames(&["Origin", "ORIGIN"]),
        cookies: Names(&["id"]),
    };
    check(OBSERVED, &desired, &[], OBSERVED);
}

#[test]
fn the_names_of_cookies_compare_with_their_case() {
    let desired = Selection {
        headers: HeaderNames(&["Origin"]),
        cookies: Names(&["ID"]),
    };
    check(
        OBSERVED,
        &desired,
        &[
            "cookies[ID]: desired ID, observed nothing",
            "cookies[id]: desired nothing, observed id",
        ],
        &OBSERVED.replace(">id<", ">ID<"),
    );
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Removal {
    remove_headers_config: RemovedHeaders,
}

#[derive(Serialize)]
#[serde(rename = "Items/ResponseHeadersPolicyRemoveHeader:Header")]
struct RemovedHeaders(Vec<RemovedHeader>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RemovedHeader {
    header: &'static str,
}

#[test]
fn structures_are_matched_by_the_name_of_a_header_without_its_case() {
    let observed = "<C><RemoveHeadersConfig><Quantity>1</Quantity><Items><ResponseHeadersPolicyRemoveHeader><Header>server</Header>\
                    </ResponseHeadersPolicyRemoveHeader></Items></RemoveHeadersConfig></C>";
    let desired = Removal {
        remove_headers_config: RemovedHeaders(vec![RemovedHeader { header: "Server" }]),
    };
    check(observed, &desired, &[], observed);
}
