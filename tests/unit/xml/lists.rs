//! Overlays of desired lists on observed lists.

use super::overlay::check;
use super::sample::{Config, Origin, Origins, desired, lines, observed, parse};
use cloudfront_operator::xml::{Element, to_element};
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
struct ListHolder<T> {
    list: T,
}

#[derive(Serialize)]
#[serde(rename = "Items/Name")]
struct Names(&'static [&'static str]);

const NONE: &str = "<C><List><Quantity>0</Quantity></List></C>";
const AB: &str =
    "<C><List><Quantity>2</Quantity><Items><Name>a</Name><Name>b</Name></Items></List></C>";

#[test]
fn scalars_compare_as_sets() {
    check(
        AB,
        &ListHolder {
            list: Names(&["b", "a", "b"]),
        },
        &[],
        AB,
    );
    let twice = AB
        .replace("<Name>b</Name>", "<Name>b</Name><Name>a</Name>")
        .replace('2', "3");
    check(
        &twice,
        &ListHolder {
            list: Names(&["a", "b"]),
        },
        &[],
        AB,
    );
}

#[test]
fn a_list_gets_exactly_the_desired_items_and_quantity_is_never_drift() {
    check(
        AB,
        &ListHolder {
            list: Names(&["c", "b"]),
        },
        &[
            "list[c]: desired c, observed nothing",
            "list[a]: desired nothing, observed a",
        ],
        "<C><List><Quantity>2</Quantity><Items><Name>b</Name><Name>c</Name></Items></List></C>",
    );
    check(
        NONE,
        &ListHolder {
            list: Names(&["a", "b"]),
        },
        &[
            "list[a]: desired a, observed nothing",
            "list[b]: desired b, observed nothing",
        ],
        AB,
    );
    check(
        "<C/>",
        &ListHolder {
            list: Names(&["a", "b"]),
        },
        &["list: desired [a, b], observed nothing"],
        AB,
    );
}

#[test]
fn an_empty_desired_list_empties_the_list() {
    check(
        AB,
        &ListHolder { list: Names(&[]) },
        &[
            "list[a]: desired nothing, observed a",
            "list[b]: desired nothing, observed b",
        ],
        NONE,
    );
    check("<C/>", &ListHolder { list: Names(&[]) }, &[], NONE);
    check(
        NONE,
        &ListHolder {
            list: None::<Names>,
        },
        &[],
        NONE,
    );
    check(
        AB,
        &ListHolder {
            list: None::<Names>,
        },
        &["list: desired nothing, observed [a, b]"],
        "<C></C>",
    );
}

#[test]
fn a_parsed_empty_list_empties_the_list_too() {
    let mut observed = parse(AB);
    assert_eq!(observed.overlay(&parse(NONE)).len(), 2);
    assert_eq!(observed, parse(NONE));
}

#[test]
fn an_item_with_a_different_name_does_not_match() {
    check(
        "<C><List><Quantity>2</Quantity><Items><Other>a</Other><Name>b</Name></Items></List></C>",
        &ListHolder {
            list: Names(&["b", "a"]),
        },
        &[
            "list[a]: desired a, observed nothing",
            "list[a]: desired nothing, observed a",
        ],
        "<C><List><Quantity>2</Quantity><Items><Name>b</Name><Name>a</Name></Items></List></C>",
    );
}

#[test]
fn a_wrong_quantity_is_corrected_without_drift() {
    let wrong = AB.replace('2', "7");
    check(
        &wrong,
        &ListHolder {
            list: Names(&["a", "b"]),
        },
        &[],
        AB,
    );
}

#[derive(Serialize)]
#[serde(rename = "Field")]
struct Fields(&'static [&'static str]);

#[test]
fn a_list_without_a_quantity_gets_none() {
    check(
        "<C><List><Field>a</Field></List></C>",
        &ListHolder {
            list: Fields(&["b", "a"]),
        },
        &["list[b]: desired b, observed nothing"],
        "<C><List><Field>a</Field><Field>b</Field></List></C>",
    );
    check(
        "<C><List><Field>a</Field></List></C>",
        &ListHolder { list: Fields(&[]) },
        &["list[a]: desired nothing, observed a"],
        "<C><List></List></C>",
    );
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Methods {
    items: Option<Names>,
    cached_methods: Option<Names>,
}

#[test]
fn a_list_with_siblings_separates_its_items_from_them() {
    let both = "<C><List><Quantity>1</Quantity><Items><Name>a</Name></Items>\
        <CachedMethods><Quantity>1</Quantity><Items><Name>a</Name></Items></CachedMethods></List></C>";
    let desired = |items, cached_methods| ListHolder {
        list: Methods {
            items: Some(Names(items)),
            cached_methods,
        },
    };
    check(
        both,
        &desired(&["a", "b"], Some(Names(&["c"]))),
        &[
            "list.items[b]: desired b, observed nothing",
            "list.cachedMethods[c]: desired c, observed nothing",
            "list.cachedMethods[a]: desired nothing, observed a",
        ],
        "<C><List><Quantity>2</Quantity><Items><Name>a</Name><Name>b</Name></Items>\
        <CachedMethods><Quantity>1</Quantity><Items><Name>c</Name></Items></CachedMethods></List></C>",
    );
    let emptied = [
        "list.items[a]: desired nothing, observed a",
        "list.cachedMethods: desired nothing, observed [a]",
    ];
    check(both, &desired(&[], None), &emptied, NONE);
    check(
        both,
        &ListHolder {
            list: Methods {
                items: None,
                cached_methods: None,
            },
        },
        &emptied,
        NONE,
    );
}

fn config(value: &Value) -> Config {
    let mut complete =
        json!({"origins": [], "cacheBehaviors": [], "priceClass": "", "enabled": true});
    complete
        .as_object_mut()
        .unwrap()
        .extend(value.as_object().unwrap().clone());
    serde_json::from_value(complete).unwrap()
}

#[test]
fn items_match_by_identity_and_keep_unknown_elements() {
    let one = config(
        &json!({"origins": [{"id": "a", "domainName": "a.com"}, {"id": "b", "domainName": "b.com"}]}),
    );
    let document = observed(&one)
        .to_string()
        .replace("<Id>b</Id>", "<Id>b</Id><New>stays</New>");
    let mut observed = parse(&document);

    let two = config(
        &json!({"origins": [{"id": "c", "domainName": "c.com"}, {"id": "b", "domainName": "B.com"}]}),
    );
    assert_eq!(
        lines(&observed.overlay(&desired(&two))),
        [
            "origins[c]: desired {id: c, domainName: c.com}, observed nothing",
            "origins[b].domainName: desired B.com, observed b.com",
            "origins[a]: desired nothing, observed {id: a, domainName: a.com}",
        ]
    );
    assert_eq!(
        observed.child("Origins").unwrap().to_string(),
        "<Origins><Quantity>2</Quantity><Items><Origin><Id>b</Id><New>stays</New><DomainName>B.com</DomainName></Origin>\
        <Origin><Id>c</Id><DomainName>c.com</DomainName></Origin></Items></Origins>"
    );
}

#[test]
fn a_new_order_of_origins_is_not_drift() {
    let origin = |id: &str| Origin {
        id: id.into(),
        ..Origin::default()
    };
    let listed = |ids: [&str; 3]| Config {
        origins: Origins(ids.map(origin).into()),
        ..Config::default()
    };
    let mut observed = observed(&listed(["a", "b", "c"]));
    let before = observed.clone();
    assert_eq!(observed.overlay(&desired(&listed(["c", "a", "b"]))), []);
    assert_eq!(observed, before);
}

#[test]
fn a_new_order_of_cache_behaviors_is_one_drift() {
    let listed = |patterns: [&str; 3]| {
        let behaviors =
            patterns.map(|pattern| json!({"pathPattern": pattern, "targetOriginId": "a"}));
        config(&json!({"cacheBehaviors": behaviors}))
    };
    let mut observed = observed(&listed(["/a", "/b", "/c"]));
    let desired = desired(&listed(["/c", "/a", "/b"]));
    assert_eq!(
        lines(&observed.overlay(&desired)),
        ["cacheBehaviors: desired [/c, /a, /b], observed [/a, /b, /c]"]
    );
    assert_eq!(observed, desired);
}

#[test]
fn a_new_cache_behavior_is_inserted_in_order_without_moving_others() {
    let listed = |patterns: &[&str]| {
        let behavior = |pattern: &&str| json!({"pathPattern": pattern, "targetOriginId": "a"});
        config(&json!({"cacheBehaviors": patterns.iter().map(behavior).collect::<Vec<_>>()}))
    };
    let mut observed = observed(&listed(&["/a", "/b"]));
    let desired = desired(&listed(&["/a", "/new", "/b"]));
    assert_eq!(
        lines(&observed.overlay(&desired)),
        ["cacheBehaviors[/new]: desired {pathPattern: /new, targetOriginId: a}, observed nothing"]
    );
    assert_eq!(observed, desired);
}

#[derive(Serialize)]
#[serde(rename = "Items/OriginGroupMember:OriginId ordered")]
struct Members(Vec<Member>);
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    origin_id: &'static str,
}

#[test]
fn the_primary_member_of_an_origin_group_is_the_first() {
    let group = |ids: [&'static str; 2]| {
        let members = ids.map(|origin_id| Member { origin_id });
        to_element(
            "C",
            &ListHolder {
                list: Members(members.into()),
            },
        )
        .unwrap()
    };
    let mut observed = parse(&group(["a", "b"]).to_string());
    let drift = observed.overlay(&group(["b", "a"]));
    assert_eq!(lines(&drift), ["list: desired [b, a], observed [a, b]"]);
    assert_eq!(observed, group(["b", "a"]));
}

#[test]
fn items_without_identity_match_in_order_and_are_labelled_by_index() {
    let list = |ports: [u16; 2]| {
        let port = |port: u16| Element::new("Port").with(Element::leaf("Number", port.to_string()));
        let items = ports
            .into_iter()
            .map(port)
            .fold(Element::new("Items"), Element::with);
        Element::new("C").with(
            Element::new("List")
                .with(Element::leaf("Quantity", "2"))
                .with(items),
        )
    };
    let drift = list([1, 2]).overlay(&list([1, 3]));
    assert_eq!(lines(&drift), ["list[1].number: desired 3, observed 2"]);
}

#[test]
fn values_of_custom_headers_are_redacted() {
    let listed = |value: &str| {
        let headers = json!([{"headerName": "X-Key", "headerValue": value}]);
        config(&json!({"origins": [{"id": "a", "domainName": "", "customHeaders": headers}]}))
    };
    let mut observed = observed(&listed("hunter2"));
    assert_eq!(
        lines(&observed.overlay(&desired(&listed("hunter3")))),
        ["origins[a].customHeaders[X-Key].headerValue: desired (redacted), observed (redacted)"]
    );
    assert_eq!(
        lines(&observed.overlay(&desired(&config(&json!({}))))),
        [
            "origins[a]: desired nothing, observed {id: a, domainName: \"\", customHeaders: [{headerName: X-Key, headerValue: (redacted)}]}"
        ]
    );
}
