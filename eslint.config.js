// Rules without type information: the typed ones took twenty times as long, and `npm run check` runs the compiler anyway.
// What only this project asks: one reader of process.env, and the house's few ways of writing.

import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import typescript from 'typescript-eslint'

const onlyConfigReadsEnv = {
  'no-restricted-properties': [
    'error',
    {
      object: 'process',
      property: 'env',
      message: 'Only server/config.ts reads the environment; take what you need as a value.',
    },
  ],
}

export default typescript.config(
  {
    ignores: [
      'build/',
      'data*/',
      '.svelte-kit/',
      'server/database/generated/',
      'server/graphql/generated/',
      'app/lib/graphql/generated/',
      'test/fixtures/',
      'test/.output/',
    ],
  },
  js.configs.recommended,
  ...typescript.configs.recommended,
  ...svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { globals: { ...globals.node } },
    rules: {
      // The compiler knows what exists, types included.
      'no-undef': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-control-regex': 'off',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
    },
  },
  { files: ['server/**/*.ts'], ignores: ['server/config.ts'], rules: onlyConfigReadsEnv },
  { files: ['app/**'], languageOptions: { globals: { ...globals.browser } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      // Links of ours are plain paths: the app is always served at the root.
      'svelte/no-navigation-without-resolve': 'off',
      // Of the properties that are taken apart together, the bindable ones are assigned to.
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off', 'no-console': 'off' } },
  { files: ['.ci/**', 'test/**', 'server/setup/**', 'server/graphql/print-schema.ts'], rules: { 'no-console': 'off' } },
  { files: ['test/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
)
