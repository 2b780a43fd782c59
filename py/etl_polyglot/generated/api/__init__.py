# Generated from shared-schemas/api by `npm run generate`; do not edit.
