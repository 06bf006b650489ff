"""From intents to deliveries: episodes, dual control, guards, delivery."""
