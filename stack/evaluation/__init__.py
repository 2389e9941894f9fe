"""How well texts are found: judged sets, the product and the stock analysers beside it, figures and floors."""
