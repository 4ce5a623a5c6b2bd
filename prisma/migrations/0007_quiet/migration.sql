-- AlterEnum
ALTER TYPE "letter_kind" ADD VALUE 'quiet';
