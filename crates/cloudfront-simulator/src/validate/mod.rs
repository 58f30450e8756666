//! Request bodies against the service model: names, places, types, required members, enums, lengths, quantities.

mod scalar;

pub(crate) use scalar::matches_pattern;

use std::collections::HashSet;

use crate::{
    error::ApiError,
    model::{MODEL, NAMESPACE, Operation, Shape, ShapeKind},
    switches::{Switch, Switches},
    xml::{Document, Element},
};

/// Parses and checks the body of an operation; `None` if it takes none.
pub(crate) fn body(
    operation: &Operation,
    bytes: &[u8],
    switches: &Switches,
) -> Result<Option<Element>, ApiError> {
    let (Some(root), Some(shape)) = (&operation.body_root, &operation.body_shape) else {
        return Ok(None);
    };
    if bytes.is_empty() {
        let message = "This operation requires a body. Ensure that the body is present and the Content-Type header is set.";
        return Err(ApiError::new("MissingBody", message));
    }
    let document = Document::parse(bytes).map_err(|error| not_valid(&error.to_string()))?;
    if document.root.name != *root {
        return Err(not_valid(&format!(
            "the root element is '{}' and not '{root}'",
            document.root.name
        )));
    }
    if document.namespace.as_deref() != Some(NAMESPACE) && !switches.on(Switch::TolerateNamespaces)
    {
        return Err(not_valid(&format!(
            "the root element's namespace is not '{NAMESPACE}'"
        )));
    }
    let mut check = Check {
        switches,
        violations: Vec::new(),
        enum_violated: false,
    };
    check.element(&document.root, shape, &lower_camel(root))?;
    check.verdict()?;
    Ok(Some(document.root))
}

/// Checks an answer as strictly as a request.
#[cfg(test)]
pub(crate) fn answer(element: &Element, shape: &str) -> Result<(), ApiError> {
    let switches = &Switches::default();
    let mut check = Check {
        switches,
        violations: Vec::new(),
        enum_violated: false,
    };
    check.element(element, shape, shape)?;
    check.verdict()
}

/// Sorts members into the model's order, as answers have them; what the model does not know comes last.
pub(crate) fn in_model_order(element: &mut Element, shape: &str) {
    let shape = MODEL.shape(shape);
    if let Some(item) = &shape.item {
        for child in element
            .children
            .iter_mut()
            .filter(|child| child.name == item.name)
        {
            in_model_order(child, &item.shape);
        }
    } else if shape.kind == ShapeKind::Structure {
        element
            .children
            .sort_by_key(|child| shape.members.position(&child.name));
        for child in &mut element.children {
            if let Some(member) = shape.members.shape_of(&child.name) {
                in_model_order(child, member);
            }
        }
    }
}

fn not_valid(why: &str) -> ApiError {
    ApiError::malformed(format!(
        "The XML document you provided was not well-formed or did not validate against our published schema: {why}."
    ))
}

/// The spelling of member names in AWS's constraint messages.
fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

struct Check<'a> {
    switches: &'a Switches,
    violations: Vec<String>,
    enum_violated: bool,
}

impl Check<'_> {
    /// Collects constraint violations as AWS does; what is not in the schema ends the check at once.
    fn element(&mut self, element: &Element, shape: &str, path: &str) -> Result<(), ApiError> {
        let shape = MODEL.shape(shape);
        match shape.kind {
            ShapeKind::Structure => self.structure(element, shape, path),
            ShapeKind::List => self.list(element, shape, path),
            _ if !element.children.is_empty() => Err(unexpected(&element.children[0], element)),
            kind => {
                scalar::well_typed(kind, element).map_err(|why| not_valid(&why))?;
                self.enum_violated |= !scalar::in_enum(shape, &element.text);
                self.violations
                    .extend(scalar::violations(shape, &element.text, path));
                Ok(())
            }
        }
    }

    fn structure(&mut self, element: &Element, shape: &Shape, path: &str) -> Result<(), ApiError> {
        no_text(element)?;
        let mut seen = HashSet::new();
        for child in &element.children {
            if !seen.insert(&child.name) {
                return Err(not_valid(&format!(
                    "'{}' occurs twice in '{}'",
                    child.name, element.name
                )));
            }
            match shape.members.shape_of(&child.name) {
                Some(member) => self.element(
                    child,
                    member,
                    &format!("{path}.{}", lower_camel(&child.name)),
                )?,
                None if self.switches.on(Switch::TolerateUnknownElements) => {}
                None => return Err(unexpected(child, element)),
            }
        }
        for missing in shape.required.iter().filter(|name| !seen.contains(name)) {
            let at = format!("{path}.{}", lower_camel(missing));
            self.violations.push(format!(
                "Value null at '{at}' failed to satisfy constraint: Member must not be null"
            ));
        }
        quantity(element)
    }

    fn list(&mut self, element: &Element, shape: &Shape, path: &str) -> Result<(), ApiError> {
        no_text(element)?;
        let item = shape
            .item
            .as_ref()
            .expect("distill.py gives every list an item");
        for (index, child) in element.children.iter().enumerate() {
            if child.name != item.name {
                return Err(unexpected(child, element));
            }
            self.element(child, &item.shape, &format!("{path}.{}.member", index + 1))?;
        }
        self.violations.extend(scalar::length_violation(
            shape,
            element.children.len(),
            path,
        ));
        Ok(())
    }

    fn verdict(self) -> Result<(), ApiError> {
        let message = match self.violations.as_slice() {
            [] => return Ok(()),
            [one] => format!("1 validation error detected: {one}"),
            many => format!(
                "{} validation errors detected: {}",
                many.len(),
                many.join("; ")
            ),
        };
        if self.enum_violated && self.switches.on(Switch::EnumIsInvalidArgument) {
            return Err(ApiError::argument(message));
        }
        Err(ApiError::malformed(message))
    }
}

fn unexpected(child: &Element, parent: &Element) -> ApiError {
    not_valid(&format!(
        "unexpected element '{}' in '{}'",
        child.name, parent.name
    ))
}

fn no_text(element: &Element) -> Result<(), ApiError> {
    if element.text.trim().is_empty() {
        return Ok(());
    }
    Err(not_valid(&format!("unexpected text in '{}'", element.name)))
}

fn quantity(element: &Element) -> Result<(), ApiError> {
    match element.number("Quantity") {
        Some(quantity) if usize::try_from(quantity) != Ok(element.items().len()) => {
            Err(ApiError::new(
                "InconsistentQuantities",
                format!(
                    "The value of Quantity and the size of Items don't match in {}.",
                    element.name
                ),
            ))
        }
        _ => Ok(()),
    }
}
