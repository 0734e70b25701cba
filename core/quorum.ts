/** Brokers that vote on Kafka's metadata, at the most: five survive any two; more would only make each change dearer. */
export const mostVoters = 5;
