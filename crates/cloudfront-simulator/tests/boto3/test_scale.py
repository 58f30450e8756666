"""Many distributions in one account. No time is asserted: what is slow shows in the suite's duration."""

import http.client

from harness import SimulatorTest, listed
from raw_http import MINIMAL, VERSION, Signer

NUMBER = 2_000


class Scale(SimulatorTest):
    def test_thousands_of_distributions_can_be_made_and_listed(self):
        self.simulator.quota("TooManyDistributions", NUMBER)
        self.make()
        with self.refused("TooManyDistributions", 400):
            self.create("one more")
        pages = self.client.get_paginator("list_distributions").paginate()
        ids = {item["Id"] for page in pages for item in page["DistributionList"]["Items"]}
        self.assertEqual(len(ids), NUMBER)
        self.update(ids.pop(), Aliases=listed("a.example.com"))

    def make(self):
        """Over one connection, as boto3 is slow to serialise them."""
        connection = http.client.HTTPConnection(self.simulator.api.removeprefix("http://"), timeout=60)
        self.addCleanup(connection.close)
        path = VERSION + "/distribution"
        root = '<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">'
        for number in range(NUMBER):
            body = f"{root}{MINIMAL}</DistributionConfig>".replace(">r<", f">{number}<").encode()
            connection.request("POST", path, body, Signer().sign("POST", self.simulator.api + path, body))
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 201)
