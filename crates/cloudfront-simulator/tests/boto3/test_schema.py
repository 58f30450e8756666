"""Requests that do not conform to the service model, which botocore does not send."""

from harness import SimulatorTest, item_list
from raw_http import IDENTITY_ROOT, MINIMAL_CONFIG, VERSION, create_identity, document, identity_body, send


class Bodies(SimulatorTest):
    def post_distribution(self, members, **options):
        return send(
            self.simulator, "POST", VERSION + "/distribution", document("DistributionConfig", members), **options
        )

    def assert_error_response(self, response, code, message="", status=400):
        self.assertEqual((response.status, response.code), (status, code), response.body)
        self.assertIn(message, response.message)

    def test_the_minimal_body_is_accepted(self):
        response = self.post_distribution(MINIMAL_CONFIG)
        self.assertEqual(response.status, 201, response.body)
        self.assertTrue(
            response.body.startswith(
                b'<?xml version="1.0"?>\n<Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>'
            )
        )
        self.assertIn(b"<DefaultRootObject></DefaultRootObject>", response.body)
        self.assertIn(b"<Aliases><Quantity>0</Quantity></Aliases>", response.body)

    def test_elements_can_be_in_any_order(self):
        """FACTS.md, requests: SDKs write different orders."""
        body = identity_body("<Comment>c</Comment><CallerReference>r</CallerReference>")
        self.assertEqual(create_identity(self.simulator, body).status, 201)

    def test_errors_have_the_documented_form(self):
        """FACTS.md, errors."""
        response = create_identity(self.simulator, b"")
        id = response.headers["x-amzn-requestid"]
        self.assertEqual(response.headers["content-type"], "text/xml")
        self.assertEqual(
            response.body.decode(),
            '<?xml version="1.0"?>\n<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender'
            "</Type><Code>MissingBody</Code><Message>This operation requires a body. Ensure that the body is present and the "
            f"Content-Type header is set.</Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
        )

    def test_malformed_xml(self):
        for body in (b"{}", b"<a>", b"\xff", identity_body() + b"<b/>", b"<!DOCTYPE a><a/>", identity_body("&nope;")):
            self.assert_error_response(create_identity(self.simulator, body), "MalformedXML")

    def test_root_and_namespace(self):
        self.assert_error_response(
            create_identity(self.simulator, document("Other", "")), "MalformedXML", "root element"
        )
        other_namespace = identity_body(namespace="http://cloudfront.amazonaws.com/doc/2016-01-13/")
        self.assert_error_response(create_identity(self.simulator, other_namespace), "MalformedXML", "namespace")
        self.simulator.set_switch("tolerate-namespaces")
        self.assertEqual(create_identity(self.simulator, other_namespace).status, 201)

    def test_unknown_misplaced_and_repeated_elements(self):
        """Whether AWS ignores unknown elements is unknown, so it is a switch."""
        for element in ("<Future>1</Future>", "<Items/>", "<Comment>again</Comment>", "text"):
            body = identity_body("<CallerReference>r</CallerReference><Comment>c</Comment>" + element)
            self.assert_error_response(create_identity(self.simulator, body), "MalformedXML")
        self.assert_error_response(
            self.post_distribution(
                MINIMAL_CONFIG.replace("<Origin><Id>", "<Source><Id>").replace("</Origin></Items>", "</Source></Items>")
            ),
            "MalformedXML",
            "Source",
        )

    def test_unknown_elements_are_stored_by_switch(self):
        self.simulator.set_switch("tolerate-unknown-elements")
        response = self.post_distribution(MINIMAL_CONFIG + "<Future><Deep>1</Deep></Future>")
        self.assertIn(b"<Future><Deep>1</Deep></Future></DistributionConfig>", response.body)

    def test_quantities(self):
        """FACTS.md, lists: InconsistentQuantities."""
        for quantity in ("0", "2"):
            body = MINIMAL_CONFIG.replace("<Quantity>1<", f"<Quantity>{quantity}<")
            self.assert_error_response(self.post_distribution(body), "InconsistentQuantities", "don't match in Origins")
        self.assert_error_response(
            self.post_distribution(MINIMAL_CONFIG + "<Aliases><Quantity>1</Quantity></Aliases>"),
            "InconsistentQuantities",
        )

    def test_types(self):
        for invalid, valid in (("<Enabled>yes<", "<Enabled>true<"), ("<Quantity>one<", "<Quantity>1<")):
            self.assert_error_response(
                self.post_distribution(MINIMAL_CONFIG.replace(valid, invalid)), "MalformedXML", "is not a"
            )

    def test_missing_members_are_reported_in_the_format_of_aws(self):
        """FACTS.md, errors: MalformedXML "1 validation error detected"; the path has the format in aws-sdk-ruby#413."""
        self.assert_error_response(
            self.post_distribution(MINIMAL_CONFIG.replace("<DomainName>b.s3.amazonaws.com</DomainName>", "")),
            "MalformedXML",
            "1 validation error detected: Value null at 'distributionConfig.origins.items.1.member.domainName' failed to satisfy "
            "constraint: Member must not be null",
        )
        self.assert_error_response(
            create_identity(self.simulator, identity_body("")), "MalformedXML", "2 validation errors detected: "
        )

    def test_enums(self):
        invalid = MINIMAL_CONFIG.replace("allow-all", "allow-some")
        self.assert_error_response(
            self.post_distribution(invalid),
            "MalformedXML",
            "Member must satisfy enum value set: [allow-all, https-only, redirect-to-https]",
        )
        self.simulator.set_switch("enum-is-invalid-argument")
        self.assert_error_response(self.post_distribution(invalid), "InvalidArgument", "viewerProtocolPolicy")

    def test_lengths_and_patterns(self):
        shield = "<OriginShield><Enabled>true</Enabled><OriginShieldRegion>nowhere</OriginShieldRegion></OriginShield>"
        self.assert_error_response(
            self.post_distribution(MINIMAL_CONFIG.replace("</S3OriginConfig>", "</S3OriginConfig>" + shield)),
            "MalformedXML",
            "regular expression",
        )
        none = "<Origins><Quantity>0</Quantity><Items></Items></Origins>"
        body = (
            MINIMAL_CONFIG[: MINIMAL_CONFIG.index("<Origins>")]
            + none
            + MINIMAL_CONFIG[MINIMAL_CONFIG.index("</Origins>") + 10 :]
        )
        self.assert_error_response(self.post_distribution(body), "MalformedXML", "length greater than or equal to 1")

    def test_texts_are_returned_unchanged(self):
        """Escaped characters, spaces and non-ASCII characters are preserved."""
        comment = " a & b < c > d \" ' \n\t ü 漢 "
        distribution = self.create_distribution(Comment=comment)["Distribution"]
        self.assertEqual(self.get_config(distribution["Id"])[0]["Comment"], comment)

    def test_a_carriage_return_is_returned_as_a_character_reference(self):
        """XML 1.0, 2.11: parsers convert a literal carriage return to a line feed."""
        body = identity_body("<CallerReference>r</CallerReference><Comment>a&#xD;b&amp;<![CDATA[<c>]]></Comment>")
        self.assertIn(b"<Comment>a&#13;b&amp;&lt;c&gt;</Comment>", create_identity(self.simulator, body).body)


class Routes(SimulatorTest):
    def test_unknown_paths_and_methods(self):
        """FACTS.md, errors: InvalidURI; models: the simulator does not support version 2016-01-13."""
        for method, path in (
            ("GET", "/nowhere"),
            ("PATCH", VERSION + "/distribution"),
            ("GET", "/2016-01-13/distribution"),
            ("GET", VERSION + "/distribution/"),
        ):
            response = send(self.simulator, method, path)
            self.assertEqual((response.status, response.code), (400, "InvalidURI"), path)

    def test_operations_that_are_not_simulated_return_their_name(self):
        response = send(self.simulator, "GET", VERSION + "/vpc-origin")
        self.assertEqual((response.status, response.code), (501, "NotImplemented"))
        self.assertIn("ListVpcOrigins", response.message)
        self.assertEqual(self.simulator.journal()[-1]["operation"], "ListVpcOrigins")

    def test_if_match_can_have_quotes(self):
        """FACTS.md, responses: ETag has no quotes, but HTTP clients can add them."""
        created = self.create_distribution(Enabled=False)
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=created["Distribution"]["Id"], IfMatch=f'"{created["ETag"]}"')

    def test_the_api_port_does_not_serve_the_control_endpoints(self):
        response = send(self.simulator, "POST", "/_sim/advance?by=5m")
        self.assertEqual(response.code, "InvalidURI")

    def test_an_empty_list_can_have_an_items_element(self):
        """FACTS.md, lists: an empty list has no Items, and an empty Items is equivalent."""
        body = document(IDENTITY_ROOT, "<CallerReference>r</CallerReference><Comment></Comment>")
        self.assertEqual(create_identity(self.simulator, body).status, 201)
        self.create_distribution(Aliases={"Quantity": 0, "Items": []}, CustomErrorResponses=item_list())
