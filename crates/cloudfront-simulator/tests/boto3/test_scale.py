"""Many distributions in one account. The test has no time limit; slow operations show in its duration."""

import http.client

from harness import SimulatorTest, item_list
from raw_http import MINIMAL_CONFIG, VERSION, Signer

DISTRIBUTION_COUNT = 2_000


class Scale(SimulatorTest):
    def test_thousands_of_distributions_can_be_created_and_listed(self):
        self.simulator.set_quota("TooManyDistributions", DISTRIBUTION_COUNT)
        self.create_distributions()
        with self.assert_client_error("TooManyDistributions", 400):
            self.create_distribution("one more")
        pages = self.client.get_paginator("list_distributions").paginate()
        ids = {item["Id"] for page in pages for item in page["DistributionList"]["Items"]}
        self.assertEqual(len(ids), DISTRIBUTION_COUNT)
        self.update_distribution(ids.pop(), **self.aliases("a.example.com"))

    def create_distributions(self):
        """Create the distributions over one connection, because boto3 serializes requests slowly."""
        connection = http.client.HTTPConnection(self.simulator.api.removeprefix("http://"), timeout=60)
        self.addCleanup(connection.close)
        path = VERSION + "/distribution"
        root = '<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">'
        for number in range(DISTRIBUTION_COUNT):
            body = f"{root}{MINIMAL_CONFIG}</DistributionConfig>".replace(">r<", f">{number}<").encode()
            connection.request("POST", path, body, Signer().sign("POST", self.simulator.api + path, body))
            response = connection.getresponse()
            response.read()
            self.assertEqual(response.status, 201)
