"""Monitoring subscriptions (FACTS.md, monitoring)."""

from families import FamilyTest


class MonitoringSubscriptions(FamilyTest):
    NAME, LIST = "MonitoringSubscription", ""
    NOT_RAISED = {"*": {"UnsupportedOperation": "nothing says which request is not supported"}}

    def subscribe(self, id, status="Enabled"):
        subscription = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": status}}
        response = self.client.create_monitoring_subscription(DistributionId=id, MonitoringSubscription=subscription)
        self.assertEqual(response["MonitoringSubscription"], subscription)
        return response

    def status(self, id):
        subscription = self.client.get_monitoring_subscription(DistributionId=id)["MonitoringSubscription"]
        return subscription["RealtimeMetricsSubscriptionConfig"]["RealtimeMetricsSubscriptionStatus"]

    def unsubscribe(self, id):
        return self.client.delete_monitoring_subscription(DistributionId=id)

    def test_subscriptions(self):
        id = self.create_distribution()["Distribution"]["Id"]
        for call in (self.status, self.unsubscribe):
            with self.assert_client_error("NoSuchMonitoringSubscription", 404):
                call(id)
        for call in (self.status, self.unsubscribe, self.subscribe):
            with self.assert_client_error("NoSuchDistribution", 404):
                call("missing")
        metadata = self.subscribe(id)["ResponseMetadata"]
        self.assertEqual(metadata["HTTPStatusCode"], 200)
        self.assertTrue({"etag", "location"}.isdisjoint(metadata["HTTPHeaders"]))
        self.subscribe(id, "Disabled")
        self.assertEqual(self.status(id), "Disabled")
        self.simulator.set_switch("refuse-repeated-subscription")
        with self.assert_client_error("MonitoringSubscriptionAlreadyExists", 409):
            self.subscribe(id)
        self.assertEqual(self.unsubscribe(id)["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.subscribe(id)
        self.check_coverage()

    def test_a_subscription_ends_with_its_distribution(self):
        created = self.create_distribution(Enabled=False)
        id = created["Distribution"]["Id"]
        self.subscribe(id)
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=id, IfMatch=created["ETag"])
        with self.assert_client_error("NoSuchDistribution", 404):
            self.status(id)
        accounts = self.simulator.control_request("GET", "/state")["accounts"]
        self.assertEqual([account["monitoring_subscriptions"] for account in accounts.values()], [[], []])

    def test_a_subscription_changes_no_distribution(self):
        created = self.create_distribution()
        self.subscribe(created["Distribution"]["Id"])
        self.assertEqual(self.get_config(created["Distribution"]["Id"])[1], created["ETag"])

    def test_edits_and_stale_reads(self):
        id = self.create_distribution()["Distribution"]["Id"]
        self.subscribe(id)
        path = "RealtimeMetricsSubscriptionConfig/RealtimeMetricsSubscriptionStatus"
        self.simulator.edit(f"monitoring-subscription/{id}", "set", path=path, value="Disabled")
        self.assertEqual(self.status(id), "Disabled")
        self.simulator.inject_fault("GetMonitoringSubscription", "stale-read", lag=1)
        self.assertEqual(self.status(id), "Enabled")
        self.simulator.edit(f"monitoring-subscription/{id}", "delete")
        with self.assert_client_error("NoSuchMonitoringSubscription", 404):
            self.status(id)

    def test_a_subscription_has_no_tags(self):
        arn = self.create_distribution()["Distribution"]["ARN"]
        self.subscribe(arn.rpartition("/")[2])
        with self.assert_client_error("NoSuchResource", 404):
            self.client.list_tags_for_resource(Resource=arn.replace(":distribution/", ":monitoring-subscription/"))
