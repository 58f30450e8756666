//! Validation of request bodies against the service model: elements, types, required members, enums, lengths and
//! quantities.

mod scalar;

pub(crate) use scalar::{decode_blob, encode_blob, matches_pattern};

use std::collections::HashSet;

use crate::{
    error::ApiError,
    model::{MODEL, NAMESPACE, Operation, Shape, ShapeKind},
    switches::{Switch, Switches},
    xml::{Document, Element},
};

/// Parses and validates the body of an operation. Returns `None` if the operation has no body.
pub(crate) fn parse_body(
    operation: &Operation,
    bytes: &[u8],
    switches: &Switches,
) -> Result<Option<Element>, ApiError> {
    let (Some(root), Some(shape)) = (&operation.body_root, &operation.body_shape) else {
        return Ok(None);
    };
    if bytes.is_empty() {
        // SDKs send no body for a request whose members are all absent.
        if root.ends_with("Request") && MODEL.shape(shape).required.is_empty() {
            return Ok(Some(Element::new(root)));
        }
        let message = "This operation requires a body. Ensure that the body is present and the Content-Type header is set.";
        return Err(ApiError::new("MissingBody", message));
    }
    let document = Document::parse(bytes).map_err(|error| invalid_document(&error.to_string()))?;
    if document.root.name != *root {
        return Err(invalid_document(&format!(
            "the root element is '{}' and not '{root}'",
            document.root.name
        )));
    }
    if document.namespace.as_deref() != Some(NAMESPACE)
        && !switches.is_on(Switch::TolerateNamespaces)
    {
        return Err(invalid_document(&format!(
            "the root element's namespace is not '{NAMESPACE}'"
        )));
    }
    let mut validator = BodyValidator::new(switches);
    validator.check_element(&document.root, shape, &lower_camel_case(root))?;
    validator.into_result()?;
    Ok(Some(document.root))
}

/// Validates a response by the rules for requests.
#[cfg(test)]
pub(crate) fn check_response(element: &Element, shape: &str) -> Result<(), ApiError> {
    let switches = &Switches::default();
    let mut validator = BodyValidator::new(switches);
    validator.check_element(element, shape, shape)?;
    validator.into_result()
}

/// Sorts members into the order of the model, which is the order in responses. Unknown members are last.
pub(crate) fn sort_members(element: &mut Element, shape: &str) {
    let shape = MODEL.shape(shape);
    if let Some(item) = &shape.item {
        for child in element
            .children
            .iter_mut()
            .filter(|child| child.name == item.name)
        {
            sort_members(child, &item.shape);
        }
    } else if shape.kind == ShapeKind::Structure {
        element
            .children
            .sort_by_key(|child| shape.members.position(&child.name));
        for child in &mut element.children {
            if let Some(member) = shape.members.shape_of(&child.name) {
                sort_members(child, member);
            }
        }
    }
}

fn invalid_document(why: &str) -> ApiError {
    ApiError::malformed_xml(format!(
        "The XML document you provided was not well-formed or did not validate against our published schema: {why}."
    ))
}

/// Converts a member name to the spelling in AWS constraint messages.
fn lower_camel_case(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// Validates a body. Collects constraint violations as AWS does, and fails at the first other error.
struct BodyValidator<'a> {
    switches: &'a Switches,
    violations: Vec<String>,
    has_enum_violation: bool,
}

impl<'a> BodyValidator<'a> {
    fn new(switches: &'a Switches) -> Self {
        Self {
            switches,
            violations: Vec::new(),
            has_enum_violation: false,
        }
    }

    fn check_element(
        &mut self,
        element: &Element,
        shape: &str,
        path: &str,
    ) -> Result<(), ApiError> {
        let shape = MODEL.shape(shape);
        match shape.kind {
            ShapeKind::Structure => self.check_structure(element, shape, path),
            ShapeKind::List => self.check_list(element, shape, path),
            _ if !element.children.is_empty() => {
                Err(unexpected_element(&element.children[0], element))
            }
            kind => {
                scalar::check_type(kind, element).map_err(|why| invalid_document(&why))?;
                self.has_enum_violation |= !scalar::is_allowed_value(shape, &element.text);
                self.violations
                    .extend(scalar::constraint_violations(shape, &element.text, path));
                Ok(())
            }
        }
    }

    fn check_structure(
        &mut self,
        element: &Element,
        shape: &Shape,
        path: &str,
    ) -> Result<(), ApiError> {
        check_no_text(element)?;
        let mut seen = HashSet::new();
        for child in &element.children {
            if !seen.insert(&child.name) {
                return Err(invalid_document(&format!(
                    "'{}' occurs twice in '{}'",
                    child.name, element.name
                )));
            }
            match shape.members.shape_of(&child.name) {
                Some(member) => self.check_element(
                    child,
                    member,
                    &format!("{path}.{}", lower_camel_case(&child.name)),
                )?,
                None if self.switches.is_on(Switch::TolerateUnknownElements) => {}
                None => return Err(unexpected_element(child, element)),
            }
        }
        for missing in shape.required.iter().filter(|name| !seen.contains(name)) {
            let at = format!("{path}.{}", lower_camel_case(missing));
            self.violations.push(format!(
                "Value null at '{at}' failed to satisfy constraint: Member must not be null"
            ));
        }
        check_quantity(element)
    }

    fn check_list(&mut self, element: &Element, shape: &Shape, path: &str) -> Result<(), ApiError> {
        check_no_text(element)?;
        let item = shape
            .item
            .as_ref()
            .expect("extract.py adds an item to every list");
        for (index, child) in element.children.iter().enumerate() {
            if child.name != item.name {
                return Err(unexpected_element(child, element));
            }
            self.check_element(child, &item.shape, &format!("{path}.{}.member", index + 1))?;
        }
        self.violations.extend(scalar::length_violation(
            shape,
            element.children.len(),
            path,
        ));
        Ok(())
    }

    fn into_result(self) -> Result<(), ApiError> {
        let message = match self.violations.as_slice() {
            [] => return Ok(()),
            [one] => format!("1 validation error detected: {one}"),
            many => format!(
                "{} validation errors detected: {}",
                many.len(),
                many.join("; ")
            ),
        };
        if self.has_enum_violation && self.switches.is_on(Switch::EnumIsInvalidArgument) {
            return Err(ApiError::invalid_argument(message));
        }
        Err(ApiError::malformed_xml(message))
    }
}

fn unexpected_element(child: &Element, parent: &Element) -> ApiError {
    invalid_document(&format!(
        "unexpected element '{}' in '{}'",
        child.name, parent.name
    ))
}

fn check_no_text(element: &Element) -> Result<(), ApiError> {
    if element.text.trim().is_empty() {
        return Ok(());
    }
    Err(invalid_document(&format!(
        "unexpected text in '{}'",
        element.name
    )))
}

fn check_quantity(element: &Element) -> Result<(), ApiError> {
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
