// The catalogue, in Java with Spring.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Program } from '../program.ts'

const spring = [
  libraryFrame({
    function: 'run',
    filename: 'Thread.java',
    module: 'java.lang.Thread',
    lineno: 1583,
  }),
  libraryFrame({
    function: 'doDispatch',
    filename: 'DispatcherServlet.java',
    module: 'org.springframework.web.servlet.DispatcherServlet',
    lineno: 1089,
  }),
  libraryFrame({
    function: 'invoke',
    filename: 'CglibAopProxy.java',
    module: 'org.springframework.aop.framework.CglibAopProxy$CglibMethodInvocation',
    lineno: 765,
  }),
]

export const catalogue: Program = {
  name: 'catalogue',
  platform: 'java',
  sdk: { name: 'sentry.java.spring-boot.jakarta', version: '8.62.0' },
  environments: ['production', 'production', 'production', 'staging'],
  contexts: () => ({
    runtime: { name: 'Eclipse Adoptium', version: '21.0.8' },
    os: { name: 'Linux', version: '6.12' },
  }),
  failures: [
    {
      weight: 7,
      transaction: 'GET /products/{sku}',
      handled: false,
      exceptions: () => [
        {
          type: 'NullPointerException',
          module: 'java.lang',
          value: 'Cannot invoke "com.example.catalogue.Price.currency()" because "price" is null',
          frames: [
            ...spring,
            ownFrame(
              {
                function: 'show',
                filename: 'ProductController.java',
                module: 'com.example.catalogue.web.ProductController',
                lineno: 48,
              },
              `
    @GetMapping("/products/{sku}")
    ProductView show(@PathVariable String sku, Locale locale) {
        var product = products.bySku(sku).orElseThrow(ProductNotFound::new);
»        return views.render(product, prices.forLocale(product, locale));
    }`,
            ),
            ownFrame(
              {
                function: 'render',
                filename: 'ProductViews.java',
                module: 'com.example.catalogue.web.ProductViews',
                lineno: 27,
              },
              `
    ProductView render(Product product, Price price) {
        return new ProductView(
            product.name(),
»            price.currency().getSymbol() + price.amount(),
            product.images());`,
            ),
          ],
        },
      ],
      breadcrumbs: (dice) => [
        {
          secondsBefore: 0.6,
          category: 'http',
          type: 'http',
          data: { method: 'GET', url: 'http://prices.internal/v1' },
        },
        { secondsBefore: 0.2, category: 'log', level: 'warning', message: `no price for SKU-${dice.roll(1, 500)}` },
      ],
      request: (dice) => ({
        method: 'GET',
        url: `https://catalogue.example.com/products/SKU-${dice.roll(1, 500)}`,
        headers: { 'Accept-Language': dice.pick(['nb-NO', 'de-CH', 'is-IS']) },
      }),
    },
    {
      weight: 3,
      transaction: 'StockSync.pull',
      level: 'fatal',
      handled: false,
      exceptions: (dice) => [
        {
          type: 'SQLTransientConnectionException',
          module: 'java.sql',
          value: `HikariPool-1 - Connection is not available, request timed out after ${dice.roll(30_000, 30_020)}ms.`,
          frames: [
            libraryFrame({
              function: 'getConnection',
              filename: 'HikariPool.java',
              module: 'com.zaxxer.hikari.pool.HikariPool',
              lineno: 197,
            }),
          ],
        },
        {
          type: 'StockSyncException',
          module: 'com.example.catalogue.stock',
          value: `warehouse ${dice.pick(['north', 'south', 'harbour'])} could not be read`,
          frames: [
            spring[0] ?? libraryFrame({ function: 'run', filename: 'Thread.java', lineno: 1583 }),
            ownFrame(
              {
                function: 'pull',
                filename: 'StockSync.java',
                module: 'com.example.catalogue.stock.StockSync',
                lineno: 63,
              },
              `
        try (var connection = pool.getConnection()) {
            return read(connection, warehouse);
        } catch (SQLException reason) {
»            throw new StockSyncException("warehouse " + warehouse + " could not be read", reason);
        }`,
            ),
          ],
        },
      ],
      breadcrumbs: () => [
        { secondsBefore: 31, category: 'log', level: 'info', message: 'stock synchronisation begins' },
      ],
    },
  ],
}
