"""Requests that the service model forbids. Sent raw, as botocore would not send them."""

from harness import SimulatorTest, listed
from raw_http import IDENTITY, MINIMAL, VERSION, create_identity, document, identity, send


class Bodies(SimulatorTest):
    def post(self, inside, **more):
        return send(self.simulator, "POST", VERSION + "/distribution", document("DistributionConfig", inside), **more)

    def refused_raw(self, answer, code, message="", status=400):
        self.assertEqual((answer.status, answer.code), (status, code), answer.body)
        self.assertIn(message, answer.message)

    def test_the_minimal_body_is_accepted(self):
        answer = self.post(MINIMAL)
        self.assertEqual(answer.status, 201, answer.body)
        self.assertTrue(
            answer.body.startswith(
                b'<?xml version="1.0"?>\n<Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>'
            )
        )
        self.assertIn(b"<DefaultRootObject></DefaultRootObject>", answer.body)
        self.assertIn(b"<Aliases><Quantity>0</Quantity></Aliases>", answer.body)

    def test_the_order_of_elements_does_not_matter(self):
        """FACTS.md, requests: SDKs write different orders."""
        body = identity("<Comment>c</Comment><CallerReference>r</CallerReference>")
        self.assertEqual(create_identity(self.simulator, body).status, 201)

    def test_errors_have_the_documented_form(self):
        """FACTS.md, errors."""
        answer = create_identity(self.simulator, b"")
        id = answer.headers["x-amzn-requestid"]
        self.assertEqual(answer.headers["content-type"], "text/xml")
        self.assertEqual(
            answer.body.decode(),
            '<?xml version="1.0"?>\n<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender'
            "</Type><Code>MissingBody</Code><Message>This operation requires a body. Ensure that the body is present and the "
            f"Content-Type header is set.</Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
        )

    def test_what_is_not_xml(self):
        for body in (b"{}", b"<a>", b"\xff", identity() + b"<b/>", b"<!DOCTYPE a><a/>", identity("&nope;")):
            self.refused_raw(create_identity(self.simulator, body), "MalformedXML")

    def test_root_and_namespace(self):
        self.refused_raw(create_identity(self.simulator, document("Other", "")), "MalformedXML", "root element")
        wrong = identity(namespace="http://cloudfront.amazonaws.com/doc/2016-01-13/")
        self.refused_raw(create_identity(self.simulator, wrong), "MalformedXML", "namespace")
        self.simulator.switch("tolerate-namespaces")
        self.assertEqual(create_identity(self.simulator, wrong).status, 201)

    def test_unknown_misplaced_and_repeated_elements(self):
        """Whether AWS ignores unknown elements is not established: a switch."""
        for inside in ("<Future>1</Future>", "<Items/>", "<Comment>again</Comment>", "text"):
            body = identity("<CallerReference>r</CallerReference><Comment>c</Comment>" + inside)
            self.refused_raw(create_identity(self.simulator, body), "MalformedXML")
        self.refused_raw(
            self.post(
                MINIMAL.replace("<Origin><Id>", "<Source><Id>").replace("</Origin></Items>", "</Source></Items>")
            ),
            "MalformedXML",
            "Source",
        )

    def test_unknown_elements_are_kept_by_switch(self):
        self.simulator.switch("tolerate-unknown-elements")
        answer = self.post(MINIMAL + "<Future><Deep>1</Deep></Future>")
        self.assertIn(b"<Future><Deep>1</Deep></Future></DistributionConfig>", answer.body)

    def test_quantities(self):
        """FACTS.md, lists: InconsistentQuantities."""
        for quantity in ("0", "2"):
            body = MINIMAL.replace("<Quantity>1<", f"<Quantity>{quantity}<")
            self.refused_raw(self.post(body), "InconsistentQuantities", "don't match in Origins")
        self.refused_raw(self.post(MINIMAL + "<Aliases><Quantity>1</Quantity></Aliases>"), "InconsistentQuantities")

    def test_types(self):
        for wrong, right in (("<Enabled>yes<", "<Enabled>true<"), ("<Quantity>one<", "<Quantity>1<")):
            self.refused_raw(self.post(MINIMAL.replace(right, wrong)), "MalformedXML", "is not a")

    def test_required_members_are_named_as_aws_names_them(self):
        """FACTS.md, errors: MalformedXML "1 validation error detected"; the path's form is aws-sdk-ruby#413's."""
        self.refused_raw(
            self.post(MINIMAL.replace("<DomainName>b.s3.amazonaws.com</DomainName>", "")),
            "MalformedXML",
            "1 validation error detected: Value null at 'distributionConfig.origins.items.1.member.domainName' failed to satisfy "
            "constraint: Member must not be null",
        )
        self.refused_raw(
            create_identity(self.simulator, identity("")), "MalformedXML", "2 validation errors detected: "
        )

    def test_enums(self):
        wrong = MINIMAL.replace("allow-all", "allow-some")
        self.refused_raw(
            self.post(wrong),
            "MalformedXML",
            "Member must satisfy enum value set: [allow-all, https-only, redirect-to-https]",
        )
        self.simulator.switch("enum-is-invalid-argument")
        self.refused_raw(self.post(wrong), "InvalidArgument", "viewerProtocolPolicy")

    def test_lengths_and_patterns(self):
        shield = "<OriginShield><Enabled>true</Enabled><OriginShieldRegion>nowhere</OriginShieldRegion></OriginShield>"
        self.refused_raw(
            self.post(MINIMAL.replace("</S3OriginConfig>", "</S3OriginConfig>" + shield)),
            "MalformedXML",
            "regular expression",
        )
        none = "<Origins><Quantity>0</Quantity><Items></Items></Origins>"
        body = MINIMAL[: MINIMAL.index("<Origins>")] + none + MINIMAL[MINIMAL.index("</Origins>") + 10 :]
        self.refused_raw(self.post(body), "MalformedXML", "length greater than or equal to 1")

    def test_texts_survive_as_they_are(self):
        """Escapes, spaces and other scripts come back."""
        comment = " a & b < c > d \" ' \n\t ü 漢 "
        made = self.create(Comment=comment)["Distribution"]
        self.assertEqual(self.read(made["Id"])[0]["Comment"], comment)

    def test_a_carriage_return_survives_as_a_character_reference(self):
        """XML 1.0, 2.11: a bare one is read as a line feed."""
        body = identity("<CallerReference>r</CallerReference><Comment>a&#xD;b&amp;<![CDATA[<c>]]></Comment>")
        self.assertIn(b"<Comment>a&#13;b&amp;&lt;c&gt;</Comment>", create_identity(self.simulator, body).body)


class Addresses(SimulatorTest):
    def test_paths_and_methods_that_do_not_exist(self):
        """FACTS.md, errors: InvalidURI; whether AWS still answers 2016-01-13 is not established, here it does not."""
        for method, path in (
            ("GET", "/nowhere"),
            ("PATCH", VERSION + "/distribution"),
            ("GET", "/2016-01-13/distribution"),
            ("GET", VERSION + "/distribution/"),
        ):
            answer = send(self.simulator, method, path)
            self.assertEqual((answer.status, answer.code), (400, "InvalidURI"), path)

    def test_operations_that_are_not_simulated_say_so(self):
        answer = send(self.simulator, "GET", VERSION + "/cache-policy")
        self.assertEqual((answer.status, answer.code), (501, "NotImplemented"))
        self.assertIn("ListCachePolicies", answer.message)
        self.assertEqual(self.simulator.journal()[-1]["operation"], "ListCachePolicies")

    def test_a_quoted_version_is_taken_as_the_bare_one(self):
        """FACTS.md, answers: ETag is a bare token; HTTP quotes them, and clients may."""
        made = self.create(Enabled=False)
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=made["Distribution"]["Id"], IfMatch=f'"{made["ETag"]}"')

    def test_the_control_port_is_not_on_the_api_port(self):
        answer = send(self.simulator, "POST", "/_sim/advance?by=5m")
        self.assertEqual(answer.code, "InvalidURI")

    def test_the_body_of_a_list_can_be_empty_of_items(self):
        """FACTS.md, lists: n = 0 leaves Items out, and an empty Items is as good."""
        body = document(IDENTITY, "<CallerReference>r</CallerReference><Comment></Comment>")
        self.assertEqual(create_identity(self.simulator, body).status, 201)
        self.create(Aliases={"Quantity": 0, "Items": []}, CustomErrorResponses=listed())
