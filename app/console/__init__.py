"""Pages for an org's admin and for support staff: who gets in, what they may do, what they see."""
