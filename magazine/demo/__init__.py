"""The demo magazine "The Envoy": its articles, its pictures and the loader's material."""
