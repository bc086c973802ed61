import ArgumentParser
import ClusterService

/// The flags for where `clusterd serve` sends webhooks.
struct WebhookOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A block of private or local addresses that webhooks may be sent to, such as 10.1.0.0/16; may be repeated.",
            valueName: "cidr"))
    var webhookAllow: [String] = []

    @Flag(help: "Refuse jobs with webhooks.")
    var noWebhooks = false

    func validate() throws {
        for text in webhookAllow where AddressBlock(text) == nil {
            throw ValidationError("--webhook-allow is a block such as 10.1.0.0/16 or fd00::/8, not \(text)")
        }
    }

    var configuration: WebhookConfiguration {
        var configuration = WebhookConfiguration()
        configuration.areSent = !noWebhooks
        configuration.allowed = webhookAllow.compactMap(AddressBlock.init)
        return configuration
    }
}
