"""What decides: the embedded ``english``, any OpenAI-compatible endpoint, later local weights.

Models see a packet and answer with calls; they hold no state between cycles. ``choice`` picks one,
``layout`` turns a packet into messages, ``answers`` turns what comes back into calls.
"""
