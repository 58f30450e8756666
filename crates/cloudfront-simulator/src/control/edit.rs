//! Out-of-band edits: someone used the console.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ControlError;
use crate::{
    world::{Collection, Version, World},
    xml::{Document, Element},
};

/// A change that did not come through the API. All but `Delete` and `Tags` make a new version: another `ETag`, and
/// `InProgress` again. Nothing is validated, and lists' `Quantity` follows their items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// Sets the text of an element, which is made if it is missing.
    Set {
        /// Names from the configuration's root on, with list members by number from 0: `Origins/Items/0/DomainName`.
        path: String,
        /// The new text.
        value: String,
    },
    /// Puts an element in the place of the child of the same name, or adds it: also one of the future.
    Put {
        /// The parent; empty for the configuration itself.
        path: String,
        /// The element, as XML text without namespace.
        xml: String,
    },
    /// Appends an element to a list's `Items`.
    Append {
        /// The list, as `Origins` or `Aliases`.
        path: String,
        /// The element, as XML text without namespace.
        xml: String,
    },
    /// Removes an element.
    Remove {
        /// As for `set`.
        path: String,
    },
    /// Deletes the resource, whatever its state.
    Delete,
    /// Replaces all tags.
    Tags {
        /// The tags that are left.
        tags: BTreeMap<String, String>,
    },
}

pub(super) fn apply(world: &mut World, id: &str, edit: Edit) -> Result<(), ControlError> {
    let etag = world.kept.ids.entity();
    let modified = world.now();
    world.dirty = true;
    let collection = collection_of(world, id)?;
    match edit {
        Edit::Delete => collection.delete(id),
        Edit::Tags { tags } => {
            if let Some(all) = collection.tags_mut(id) {
                *all = tags;
            }
        }
        change => {
            let mut config = collection
                .get(id, 0)
                .map(|view| view.version.config.clone())
                .unwrap_or_default();
            change_config(&mut config, change)?;
            correct_quantities(&mut config);
            collection.update(
                id,
                Version {
                    etag,
                    modified,
                    config,
                },
            );
        }
    }
    world.index_aliases();
    Ok(())
}

fn collection_of<'w>(world: &'w mut World, id: &str) -> Result<&'w mut Collection, ControlError> {
    let accounts = world.kept.accounts.values_mut();
    let mut collections =
        accounts.flat_map(|a| [&mut a.distributions, &mut a.streaming, &mut a.identities]);
    collections
        .find(|collection| collection.get(id, 0).is_some())
        .ok_or_else(|| ControlError::NoSuchResource(id.to_owned()))
}

fn change_config(config: &mut Element, edit: Edit) -> Result<(), ControlError> {
    match edit {
        Edit::Set { path, value } => {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let parent = find(config, parent)?;
            match step(parent, name) {
                Some(element) => element.text = value,
                None => parent.children.push(Element::leaf(name, value)),
            }
        }
        Edit::Put { path, xml } => find(config, &path)?.set(parse(&xml)?),
        Edit::Append { path, xml } => {
            let list = find(config, &path)?;
            list.set_default(Element::new("Items"));
            if let Some(items) = list.child_mut("Items") {
                items.children.push(parse(&xml)?);
            }
        }
        Edit::Remove { path } => {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let parent = find(config, parent)?;
            let index =
                index_of(parent, name).ok_or_else(|| ControlError::NoSuchPath(path.clone()))?;
            parent.children.remove(index);
        }
        Edit::Delete | Edit::Tags { .. } => {}
    }
    Ok(())
}

fn find<'e>(root: &'e mut Element, path: &str) -> Result<&'e mut Element, ControlError> {
    let mut steps = path.split('/').filter(|name| !name.is_empty());
    steps
        .try_fold(root, step)
        .ok_or_else(|| ControlError::NoSuchPath(path.to_owned()))
}

fn step<'e>(parent: &'e mut Element, name: &str) -> Option<&'e mut Element> {
    let index = index_of(parent, name)?;
    parent.children.get_mut(index)
}

fn index_of(parent: &Element, name: &str) -> Option<usize> {
    let by_name = parent.children.iter().position(|child| child.name == name);
    by_name.or_else(|| {
        name.parse()
            .ok()
            .filter(|index| *index < parent.children.len())
    })
}

fn parse(xml: &str) -> Result<Element, ControlError> {
    let document =
        Document::parse(xml.as_bytes()).map_err(|error| ControlError::NotXml(error.to_string()))?;
    Ok(document.root)
}

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

    fn edited(config: &str, edit: Edit) -> String {
        let mut config = parse(config).unwrap();
        change_config(&mut config, edit).unwrap();
        correct_quantities(&mut config);
        config.to_xml()
    }

    const CONFIG: &str = "<C><L><Quantity>1</Quantity><Items><I><V>a</V></I></Items></L></C>";

    #[test]
    fn list_members_are_reached_by_number() {
        let set = Edit::Set {
            path: "L/Items/0/V".into(),
            value: "b".into(),
        };
        assert!(edited(CONFIG, set).contains("<V>b</V>"));
    }

    #[test]
    fn quantities_follow_the_items() {
        let append = Edit::Append {
            path: "L".into(),
            xml: "<I><V>b</V></I>".into(),
        };
        assert!(edited(CONFIG, append).contains("<Quantity>2</Quantity>"));
        assert_eq!(
            edited(
                CONFIG,
                Edit::Remove {
                    path: "L/Items/0".into()
                }
            ),
            "<C><L><Quantity>0</Quantity></L></C>"
        );
    }

    #[test]
    fn an_element_of_the_future_can_be_put_anywhere() {
        let put = Edit::Put {
            path: String::new(),
            xml: "<Future><X>1</X></Future>".into(),
        };
        assert!(edited(CONFIG, put).ends_with("<Future><X>1</X></Future></C>"));
        let mut config = parse(CONFIG).unwrap();
        assert!(
            change_config(
                &mut config,
                Edit::Remove {
                    path: "Nope".into()
                }
            )
            .is_err()
        );
    }
}
