"""Profiles and configurations of field-level encryption."""

from families import FamilyTest
from harness import cache_behavior, custom_origin, item_list
from test_keys import UNKNOWN_ID, key_config

ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]


def entity(key, *patterns):
    return {"PublicKeyId": key, "ProviderId": "shop", "FieldPatterns": item_list(*patterns)}


def profile_config(key, number=0, **members):
    entities = item_list(entity(key, "CardNumber", "Cvc*"))
    config = {"CallerReference": f"r{number}", "Name": f"profile-{number}", "Comment": "c"}
    return {**config, "EncryptionEntities": entities, **members}


class EncryptionTest(FamilyTest):
    def create_profile(self, number=0):
        key = self.client.create_public_key(PublicKeyConfig=key_config(number))["PublicKey"]["Id"]
        config = profile_config(key, number)
        created = self.client.create_field_level_encryption_profile(FieldLevelEncryptionProfileConfig=config)
        return created["FieldLevelEncryptionProfile"]["Id"]

    def check_caller_references(self, code):
        first = self.create(1)
        self.assertEqual(self.id_of(self.create(1)), self.id_of(first))
        with self.assert_client_error(code, 409):
            self.create(1, Comment="other")
        with self.assert_client_error("IllegalUpdate", 400):
            self.update(self.id_of(first), first["ETag"], self.config(1, CallerReference="other"))
        self.simulator.set_switch("refuse-encryption-replay")
        with self.assert_client_error(code, 409):
            self.create(1)
        return first


class Profiles(EncryptionTest):
    """FACTS.md, keys."""

    NAME, LIST = "FieldLevelEncryptionProfile", "FieldLevelEncryptionProfiles"
    QUOTA = "TooManyFieldLevelEncryptionProfiles"
    NOT_RAISED = {"*": {"FieldLevelEncryptionProfileSizeExceeded": "the limit is unknown"}}

    def setUp(self):
        super().setUp()
        self.key = self.client.create_public_key(PublicKeyConfig=key_config())["PublicKey"]["Id"]

    def config(self, number=0, **members):
        return profile_config(self.key, number, **members)

    def entities(self, *patterns, key=None):
        return {"EncryptionEntities": item_list(entity(key or self.key, *patterns))}

    def test_profiles(self):
        self.check_lifecycle({"Name": "renamed", **self.entities("Other*")})
        self.check_missing("NoSuchFieldLevelEncryptionProfile")
        self.check_quota(0)
        texts = ({"Name": ""}, {"Name": "n" * 129}, {"Comment": "c" * 129})
        overlaps = (("ABC*", "AB*"), ("AB*", "ABC"), ("A", "A"))
        patterns = [self.entities(*patterns) for patterns in (("A*B",), ("",), *overlaps)]
        self.check_rejected("InvalidArgument", *texts, *patterns)
        self.check_rejected("NoSuchPublicKey", self.entities("A", key=UNKNOWN_ID), status=404)
        many = self.entities(*[f"a{number}b" for number in range(11)])
        self.check_rejected("TooManyFieldLevelEncryptionFieldPatterns", many)
        wrong = {"EncryptionEntities": {"Quantity": 1}}
        self.check_rejected("InconsistentQuantities", wrong)
        self.check_names_and_quota()
        self.check_use()
        self.check_pages(present=2)
        self.check_coverage()

    def check_names_and_quota(self):
        code = "FieldLevelEncryptionProfileAlreadyExists"
        self.check_caller_references(code)
        second = self.create(2)
        with self.assert_client_error(code, 409):
            self.update(self.id_of(second), second["ETag"], self.config(2, Name="profile-1"))
        self.simulator.set_switch("repeat-encryption-profile-names")
        self.update(self.id_of(second), second["ETag"], self.config(2, Name="profile-1"))
        self.simulator.set_quota("TooManyFieldLevelEncryptionEncryptionEntities", 1)
        two = {"EncryptionEntities": item_list(entity(self.key, "A"), entity(self.key, "B"))}
        self.check_rejected("TooManyFieldLevelEncryptionEncryptionEntities", two)
        with self.assert_client_error("PublicKeyInUse", 409):
            etag = self.client.get_public_key(Id=self.key)["ETag"]
            self.client.delete_public_key(Id=self.key, IfMatch=etag)

    def check_use(self):
        id = self.items()[0]["Id"]
        profile = {"Format": "URLEncoded", "ProfileId": id, "ContentType": "application/x-www-form-urlencoded"}
        content = {"ForwardWhenContentTypeIsUnknown": False, "ContentTypeProfiles": item_list(profile)}
        config = {"CallerReference": "r", "ContentTypeProfileConfig": content}
        self.client.create_field_level_encryption_config(FieldLevelEncryptionConfig=config)
        with self.assert_client_error("FieldLevelEncryptionProfileInUse", 409):
            self.call("Delete", Id=id, IfMatch=self.call("Get", Id=id)["ETag"])


class Configurations(EncryptionTest):
    """FACTS.md, keys."""

    NAME, LIST = "FieldLevelEncryption", "FieldLevelEncryptionConfigs"
    QUOTA = "TooManyFieldLevelEncryptionConfigs"

    def setUp(self):
        super().setUp()
        self.profile = self.create_profile()

    def call(self, verb, noun=None, **parameters):
        if noun is None and verb != "Get":
            noun = "FieldLevelEncryptionConfig"
        return super().call(verb, noun, **parameters)

    def config(self, number=0, **members):
        return {"CallerReference": f"r{number}", "Comment": "c", **self.content_types(1), **members}

    def content_types(self, count, profile=None):
        each = {"Format": "URLEncoded", "ProfileId": profile or self.profile}
        profiles = [{**each, "ContentType": f"application/x-{number}"} for number in range(count)]
        config = {"ForwardWhenContentTypeIsUnknown": False, "ContentTypeProfiles": item_list(*profiles)}
        return {"ContentTypeProfileConfig": config}

    def arguments(self, count, profile=None):
        profile = self.profile if profile is None else profile
        profiles = [{"QueryArg": f"a{number}", "ProfileId": profile} for number in range(count)]
        config = {"ForwardWhenQueryArgProfileIsUnknown": True, "QueryArgProfiles": item_list(*profiles)}
        return {"QueryArgProfileConfig": config}

    def use(self, id, reference="r"):
        methods = item_list(*ALL_METHODS, CachedMethods=item_list("GET", "HEAD"))
        behavior = cache_behavior("web", FieldLevelEncryptionId=id, AllowedMethods=methods)
        return self.create_distribution(reference, Origins=item_list(custom_origin()), DefaultCacheBehavior=behavior)

    def test_configurations(self):
        self.check_lifecycle({"Comment": "changed", **self.arguments(5)})
        self.check_missing("NoSuchFieldLevelEncryptionConfig")
        self.check_quota(0)
        self.check_rejected("InvalidArgument", {"Comment": "c" * 129})
        unknown = (self.content_types(1, "P0"), self.arguments(1, "P0"))
        self.check_rejected("NoSuchFieldLevelEncryptionProfile", *unknown, status=404)
        self.check_rejected("QueryArgProfileEmpty", self.arguments(1, ""))
        self.check_rejected("TooManyFieldLevelEncryptionQueryArgProfiles", self.arguments(6))
        self.check_rejected("TooManyFieldLevelEncryptionContentTypeProfiles", self.content_types(11))
        wrong = self.arguments(1)
        wrong["QueryArgProfileConfig"]["QueryArgProfiles"]["Quantity"] = 2
        self.check_rejected("InconsistentQuantities", wrong)
        self.check_caller_references("FieldLevelEncryptionConfigAlreadyExists")
        self.check_use()
        self.check_pages(present=1)
        self.check_coverage()

    def check_use(self):
        id = self.items()[0]["Id"]
        self.use(id)
        with self.assert_client_error("FieldLevelEncryptionConfigInUse", 409):
            self.call("Delete", Id=id, IfMatch=self.call("Get", Id=id)["ETag"])
        with self.assert_client_error("NoSuchFieldLevelEncryptionConfig", 404):
            self.use("C0", "missing")
        quota = "TooManyDistributionsAssociatedToFieldLevelEncryptionConfig"
        self.simulator.set_quota(quota, 1)
        with self.assert_client_error(quota, 400):
            self.use(id, "second")
