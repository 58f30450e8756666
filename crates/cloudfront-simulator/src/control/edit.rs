//! Out-of-band changes, such as a change in the AWS console.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::ControlError;
use crate::{
    api::{KEY_VALUE_STORE, ResourceAddress, publish_current},
    schema::encode_blob,
    service::{ResourceVersion, Service},
    xml::{Document, Element},
};

/// A change that is not an API request. All edits except `Delete`, `Tags`, `Publish` and `Pairs` create a new version, with another
/// `ETag` and the status `InProgress`. The result is not validated. `Quantity` is set to the number of items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// Sets the text of an element. Creates the element if it does not exist.
    Set {
        /// The element names from the configuration's root, with list items by index from 0:
        /// `Origins/Items/0/DomainName`.
        path: String,
        /// The new text.
        value: String,
    },
    /// Replaces the child element of the same name, or adds it. The element can be unknown to the service model.
    Put {
        /// The path of the parent; empty for the configuration itself.
        path: String,
        /// The element, as XML text without namespace.
        xml: String,
    },
    /// Appends an element to the `Items` of a list.
    Append {
        /// The path of the list, such as `Origins` or `Aliases`.
        path: String,
        /// The element, as XML text without namespace.
        xml: String,
    },
    /// Removes an element.
    Remove {
        /// The path of the element, as for `set`.
        path: String,
    },
    /// Deletes the resource in any state.
    Delete,
    /// Replaces all tags.
    Tags {
        /// The new tags.
        tags: BTreeMap<String, String>,
    },
    /// Replaces the code of a function in the stage `DEVELOPMENT`.
    Code {
        /// The new code.
        code: String,
    },
    /// Publishes a function.
    Publish,
    /// Changes pairs of a key-value store as one write, with another entity tag of the pairs.
    Pairs {
        /// The pairs that are set.
        #[serde(default)]
        puts: BTreeMap<String, String>,
        /// The keys that are removed.
        #[serde(default)]
        deletes: Vec<String>,
    },
}

/// Applies an edit to the resource with this ID or ARN.
pub(super) fn apply(service: &mut Service, id: &str, edit: Edit) -> Result<(), ControlError> {
    let (account, address) = find(service, id)?;
    let etag = address.next_entity_tag(service, &account);
    let modified = service.now();
    service.is_dirty = true;
    let collection = service
        .account_mut(&account)
        .collection_mut(&address.collection);
    match edit {
        Edit::Delete => collection.delete(&address.id),
        Edit::Tags { tags } => {
            if let Some(current) = collection.tags_mut(&address.id) {
                *current = tags;
            }
        }
        Edit::Publish => {
            let family = address.family.filter(|family| family.has_stages());
            let family = family.ok_or_else(|| ControlError::NoStages(id.to_owned()))?;
            publish_current(service, &account, family, &address.id);
        }
        Edit::Pairs { puts, deletes } => {
            let is_store = address.collection == KEY_VALUE_STORE.collection();
            let pairs = is_store.then(|| collection.pairs_mut(&address.id));
            let pairs = pairs.flatten();
            let pairs = pairs.ok_or_else(|| ControlError::NoPairs(id.to_owned()))?;
            let deletes = deletes.into_iter().map(|key| (key, None));
            let puts = puts.into_iter().map(|(key, value)| (key, Some(value)));
            pairs.write(deletes.chain(puts), modified);
        }
        edit => {
            let current = collection.get(&address.id, 0).map(|view| view.version);
            let (mut config, live) = current
                .map(|version| (version.config.clone(), version.live.clone()))
                .unwrap_or_default();
            edit_config(&mut config, edit)?;
            correct_quantities(&mut config);
            let version = ResourceVersion {
                etag,
                modified,
                config,
                live,
            };
            collection.update(&address.id, version);
        }
    }
    service.state.rebuild_alias_index();
    Ok(())
}

/// Finds a resource by its ID, its ARN or the resource part of its ARN, with the number of its account.
fn find(service: &Service, id: &str) -> Result<(String, ResourceAddress), ControlError> {
    let mut accounts = service.state.accounts.iter();
    let found = accounts.find_map(|(number, account)| {
        let address = match id.splitn(6, ':').collect::<Vec<_>>()[..] {
            [_, _, _, _, of, resource] if of == number => {
                ResourceAddress::with_arn_resource(account, resource)
            }
            [resource] if resource.contains('/') => {
                ResourceAddress::with_arn_resource(account, resource)
            }
            _ => ResourceAddress::with_id(account, id),
        };
        Some((number.clone(), address?))
    });
    found.ok_or_else(|| ControlError::NoSuchResource(id.to_owned()))
}

fn edit_config(config: &mut Element, edit: Edit) -> Result<(), ControlError> {
    match edit {
        Edit::Set { path, value } => {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let parent = find_element(config, parent)?;
            match child_at(parent, name) {
                Some(element) => element.text = value,
                None => parent.children.push(Element::leaf(name, value)),
            }
        }
        Edit::Put { path, xml } => find_element(config, &path)?.set(parse_element(&xml)?),
        Edit::Append { path, xml } => {
            let list = find_element(config, &path)?;
            list.set_default(Element::new("Items"));
            if let Some(items) = list.child_mut("Items") {
                items.children.push(parse_element(&xml)?);
            }
        }
        Edit::Remove { path } => {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let parent = find_element(config, parent)?;
            let index =
                child_index(parent, name).ok_or_else(|| ControlError::NoSuchPath(path.clone()))?;
            parent.children.remove(index);
        }
        Edit::Code { code } => {
            config.set(Element::leaf("FunctionCode", encode_blob(code.as_bytes())));
        }
        Edit::Delete | Edit::Tags { .. } | Edit::Publish | Edit::Pairs { .. } => {}
    }
    Ok(())
}

fn find_element<'e>(root: &'e mut Element, path: &str) -> Result<&'e mut Element, ControlError> {
    let mut steps = path.split('/').filter(|name| !name.is_empty());
    steps
        .try_fold(root, child_at)
        .ok_or_else(|| ControlError::NoSuchPath(path.to_owned()))
}

fn child_at<'e>(parent: &'e mut Element, name: &str) -> Option<&'e mut Element> {
    let index = child_index(parent, name)?;
    parent.children.get_mut(index)
}

/// Returns the index of the child with this name or, for a number, the child at this position.
fn child_index(parent: &Element, step: &str) -> Option<usize> {
    let by_name = parent.children.iter().position(|child| child.name == step);
    by_name.or_else(|| {
        step.parse()
            .ok()
            .filter(|index| *index < parent.children.len())
    })
}

fn parse_element(xml: &str) -> Result<Element, ControlError> {
    let document = Document::parse(xml.as_bytes())
        .map_err(|error| ControlError::InvalidXml(error.to_string()))?;
    Ok(document.root)
}

/// Sets every `Quantity` to the number of items, and removes empty `Items`.
fn correct_quantities(element: &mut Element) {
    if element
        .child("Items")
        .is_some_and(|items| items.children.is_empty())
    {
        element.remove("Items");
    }
    let count = element.items().len();
    if let Some(quantity) = element.child_mut("Quantity") {
        quantity.text = count.to_string();
    }
    element.children.iter_mut().for_each(correct_quantities);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited_config(config: &str, edit: Edit) -> String {
        let mut config = parse_element(config).unwrap();
        edit_config(&mut config, edit).unwrap();
        correct_quantities(&mut config);
        config.to_xml()
    }

    const CONFIG: &str = "<C><L><Quantity>1</Quantity><Items><I><V>a</V></I></Items></L></C>";

    #[test]
    fn list_items_are_addressed_by_index() {
        let set = Edit::Set {
            path: "L/Items/0/V".into(),
            value: "b".into(),
        };
        assert!(edited_config(CONFIG, set).contains("<V>b</V>"));
    }

    #[test]
    fn quantity_is_the_number_of_items() {
        let append = Edit::Append {
            path: "L".into(),
            xml: "<I><V>b</V></I>".into(),
        };
        assert!(edited_config(CONFIG, append).contains("<Quantity>2</Quantity>"));
        assert_eq!(
            edited_config(
                CONFIG,
                Edit::Remove {
                    path: "L/Items/0".into()
                }
            ),
            "<C><L><Quantity>0</Quantity></L></C>"
        );
    }

    #[test]
    fn put_adds_an_unknown_element() {
        let put = Edit::Put {
            path: String::new(),
            xml: "<Future><X>1</X></Future>".into(),
        };
        assert!(edited_config(CONFIG, put).ends_with("<Future><X>1</X></Future></C>"));
    }

    #[test]
    fn removing_a_missing_element_is_an_error() {
        let mut config = parse_element(CONFIG).unwrap();
        assert!(
            edit_config(
                &mut config,
                Edit::Remove {
                    path: "Nope".into()
                }
            )
            .is_err()
        );
    }
}
