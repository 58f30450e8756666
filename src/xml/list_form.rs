//! What the type of a list says about its items, in its serde name.

/// What identifies an item, and how items compare: the words after the colon in a serde name such as `Items/CacheBehavior:PathPattern ordered`.
///
/// A word in lower case is a property, and the other one is the element that identifies an item. In a list without such an element, texts
/// match each other, and structures match in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ListForm(&'static str);

impl ListForm {
    /// The form of a list whose type is not known.
    pub(super) const UNKNOWN: Self = Self("");

    /// Returns whether a list of this serde name has a `Quantity`, the name of its items, and their form.
    pub(super) fn of_name(name: &'static str) -> (bool, &'static str, Self) {
        let (path, form) = name.split_once(':').unwrap_or((name, ""));
        match path.strip_prefix("Items/") {
            Some(item) => (true, item, Self(form)),
            None => (false, path, Self(form)),
        }
    }

    /// Returns the element that identifies an item.
    pub(super) fn identity(self) -> Option<&'static str> {
        let mut words = self.0.split(' ');
        words.find(|word| word.starts_with(|first: char| first.is_ascii_uppercase()))
    }

    /// Whether the order of the items has a meaning. CloudFront may change every other order at any time.
    pub(super) fn is_ordered(self) -> bool {
        self.has("ordered")
    }

    /// Whether the items are names of headers, which compare without their case.
    pub(super) fn has_header_names(self) -> bool {
        self.has("headers")
    }

    fn has(self, property: &str) -> bool {
        self.0.split(' ').any(|word| word == property)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_path_of_the_items_and_their_form() {
        let (has_quantity, item, form) =
            ListForm::of_name("Items/CacheBehavior:PathPattern ordered");
        assert_eq!((has_quantity, item), (true, "CacheBehavior"));
        assert_eq!(form.identity(), Some("PathPattern"));
        assert!(form.is_ordered() && !form.has_header_names());

        let (has_quantity, item, form) = ListForm::of_name("PublicKey");
        assert_eq!(
            (has_quantity, item, form),
            (false, "PublicKey", ListForm::UNKNOWN)
        );
        assert_eq!(form.identity(), None);
        assert!(!form.is_ordered());

        let (_, item, form) = ListForm::of_name("Items/Name:headers");
        assert_eq!((item, form.identity()), ("Name", None));
        assert!(form.has_header_names());
    }
}
