//! Key groups, whose public keys verify signed URLs and signed cookies.

use super::{
    shared::{
        self,
        policies::{self, ObservedPolicy},
        types,
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        Identity, InputField, Kind, ListItem, ListRevision, LocalReferences, ManagementSpec,
        ResolvedReferences, ResourceApi, Status, UpdatePath, UsersList,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A key group contains the public keys with which CloudFront verifies signed URLs and signed cookies. Reference it from the cache
/// behaviors of distributions. To rotate keys, add the new key, sign with it, and remove the old key after the last URL has expired. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "KeyGroup",
    plural = "keygroups",
    shortname = "cfkg",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedPolicy>",
    printcolumn(name = "Comment", type_ = "string", json_path = ".spec.comment")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct KeyGroupSpec {
    /// Name of the group, which no other key group of the AWS account has: at most 128 letters, digits, `-` and `_`. If one with this
    /// name exists, it stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets one from the
    /// namespace, the name and the UID of this object. With `adoptId`, the resource then keeps its name.
    #[schemars(length(min = 1, max = 128), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: KeyGroupConfig,

    /// `PublicKey` objects in the same namespace whose keys are in the group, in addition to those of `items`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_refs: Option<LocalReferences>,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `KeyGroupConfig` without `Name`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyGroupConfig {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// IDs of public keys. The group has at least one key here or in `itemRefs`. CloudFront's quota is 5 keys, unless raised. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub items: PublicKeyIds,
}

/// IDs of public keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "PublicKey")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 50))]
pub struct PublicKeyIds(#[schemars(inner(length(min = 1, max = 64)))] pub Vec<String>);

/// Source: "Specify signers that can create signed URLs and signed cookies" in the Amazon CloudFront Developer Guide.
const SPEC: [Rule; 1] = [Rule::text(
    "(has(self.items) && size(self.items) > 0) || (has(self.itemRefs) && size(self.itemRefs) > 0)",
    "the key group has no keys: set itemRefs to objects of kind PublicKey, or items to the IDs of public keys",
)
.at(".itemRefs")
.required()];

impl Kind for KeyGroup {
    const KIND: &'static str = "KeyGroup";
    const API: &'static ResourceApi = &ResourceApi {
        identity: Identity::UniqueName {
            member: "Name",
            max_length: 128,
        },
        revision: ListRevision::LastModified,
        list_item: ListItem::Resource,
        update: UpdatePath::Resource,
        users: Some(UsersList {
            operation: "ListDistributionsByKeyGroup",
            collection: "distributionsByKeyGroupId",
        }),
        ..ResourceApi::managed("KeyGroup", "KeyGroups", "key-group", "KeyGroupConfig")
    };
    const INPUTS: &'static [InputField] = &[InputField::references("items", "PublicKey")];

    type ObservedFields = ObservedPolicy;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        xml::to_element(Self::API.config, &self.resolved(references)?.spec.config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::TypedLocalReference;
    use serde_json::json;

    fn config(spec: serde_json::Value) -> Element {
        let ids = [("new", "K2NEW"), ("old", "K1OLD")];
        let ids = ids.map(|(name, id)| {
            let (kind, name) = ("PublicKey", name.to_owned());
            (TypedLocalReference { kind, name }, id.to_owned())
        });
        let references: ResolvedReferences = ids.into_iter().collect();
        let group = KeyGroup::new("downloads", serde_json::from_value(spec).unwrap());
        group.config(&references).unwrap()
    }

    #[test]
    fn the_keys_of_references_follow_the_ids_each_once_in_a_bare_list() {
        let references = json!([{ "name": "new" }, { "name": "old" }]);
        let sent = config(json!({ "items": ["K1OLD", "K0"], "itemRefs": references }));
        let expected = "<KeyGroupConfig><Comment></Comment><Items><PublicKey>K1OLD</PublicKey><PublicKey>K0</PublicKey>\
            <PublicKey>K2NEW</PublicKey></Items></KeyGroupConfig>";
        assert_eq!(sent.to_string(), expected);
        assert_eq!(
            config(json!({ "itemRefs": references })).to_string(),
            "<KeyGroupConfig><Comment></Comment><Items><PublicKey>K2NEW</PublicKey><PublicKey>K1OLD</PublicKey></Items></KeyGroupConfig>"
        );
    }

    #[test]
    fn the_order_of_keys_is_no_drift_and_a_missing_or_an_additional_key_is() {
        let desired = config(json!({ "items": ["K1", "K2"] }));
        for (observed, differences) in [
            (json!(["K2", "K1"]), 0),
            (json!(["K2"]), 1),
            (json!(["K3", "K2", "K1"]), 1),
        ] {
            let mut remote = config(json!({ "items": observed }));
            assert_eq!(remote.overlay(&desired).len(), differences, "{observed}");
        }
    }
}
