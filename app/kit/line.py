"""LINE: messages through the Messaging API."""
