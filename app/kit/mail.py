"""Mail: messages by SMTP."""
