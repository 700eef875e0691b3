"""The demo firm: invented people, clients and answers, brought in by the product's own import."""
