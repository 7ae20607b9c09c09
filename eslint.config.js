import js from '@eslint/js';
import ts from 'typescript-eslint';
import { walls } from './eslint.walls.js';

export default ts.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**'] },
  js.configs.recommended,
  ts.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'off', // each `any` has its reason beside it; review holds it
      '@typescript-eslint/no-extraneous-class': 'off', // a Nest module is a class without members
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess asks for it after a length check
      '@typescript-eslint/consistent-type-definitions': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
    },
  },
  { files: ['apps/cli/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { module: 'writable', process: 'readonly', require: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  ...walls,
);
