"""Origin access controls."""

from families import FamilyTest
from harness import item_list, s3_origin


class AccessControls(FamilyTest):
    """FACTS.md, families and origin access controls."""

    NAME, LIST = "OriginAccessControl", "OriginAccessControls"
    QUOTA = "TooManyOriginAccessControls"
    NOT_RAISED = {"*": {"IllegalUpdate": "every member can be changed"}}

    def config(self, number=0, **members):
        fixed = {"SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3"}
        return {"Name": f"control-{number}", "Description": "d", **fixed, **members}

    def use(self, id, reference="r", **members):
        origin = s3_origin(OriginAccessControlId=id)
        return self.create_distribution(reference, Origins=item_list(origin), **members)

    def test_every_operation_and_code(self):
        self.check_lifecycle({"Name": "renamed", "SigningBehavior": "never"})
        self.check_missing("NoSuchOriginAccessControl")
        self.check_quota(0)
        self.check_rejected("InvalidArgument", {"Name": ""}, {"Name": "n" * 65}, {"Description": "d" * 257})
        message = "An origin access control with the same name already exists."
        self.check_names("OriginAccessControlAlreadyExists", message)
        self.check_use()
        self.check_pages(present=2)
        self.check_coverage()

    def check_use(self):
        used = self.items()[0]["Id"]
        distribution = self.use(used)["Distribution"]["Id"]
        etag = self.call("Get", Id=used)["ETag"]
        with self.assert_client_error("OriginAccessControlInUse", 409, "still being used"):
            self.call("Delete", Id=used, IfMatch=etag)
        self.update_distribution(distribution, **self.unused())
        with self.assert_client_error("InvalidOriginAccessControl", 400):
            self.use("E1NOSUCH", "missing")

    def unused(self):
        return {"Origins": item_list(s3_origin(OriginPath="", CustomHeaders=item_list()))}

    def test_lengths(self):
        self.create(Name="n" * 64, Description="d" * 256)

    def test_a_list_contains_the_whole_configuration(self):
        config = self.config()
        config.pop("Description")
        id = self.id_of(self.call("Create", OriginAccessControlConfig=config))
        self.assertEqual(self.items(), [{"Id": id, "Description": "", **config}])

    def test_empty_and_absent_descriptions(self):
        """FACTS.md, families: whether they are returned is unknown, so each answer is a switch."""
        for switch, sent, returned in (
            (None, "", ""),
            (None, None, None),
            ("empty-texts-for-absent", None, ""),
            ("omit-empty-texts", "", None),
        ):
            if switch:
                self.simulator.set_switch(switch)
            config = {name: value for name, value in self.config(Description=sent).items() if value is not None}
            created = self.call("Create", OriginAccessControlConfig=config)
            control = created["OriginAccessControl"]
            self.assertEqual(control["OriginAccessControlConfig"].get("Description"), returned, (switch, sent))
            self.call("Delete", Id=control["Id"], IfMatch=created["ETag"])
            if switch:
                self.simulator.set_switch(switch, on=False)

    def test_the_distributions_of_a_control_are_limited(self):
        id = self.id_of(self.create())
        self.simulator.set_quota("TooManyDistributionsAssociatedToOriginAccessControl", 1)
        distribution = self.use(id)["Distribution"]["Id"]
        with self.assert_client_error("TooManyDistributionsAssociatedToOriginAccessControl", 400):
            self.use(id, "second")
        current = self.get_config(distribution)[0]
        self.update_distribution(distribution, Origins=current["Origins"], Comment="an update is not another use")

    def test_seeded_controls_are_not_resources(self):
        self.simulator.seed("origin-access-control", "E1SEEDED")
        self.use("E1SEEDED")
        with self.assert_client_error("NoSuchOriginAccessControl", 404):
            self.call("Get", Id="E1SEEDED")
