import{J as t,L as e}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function f(){return t(e,{title:"Two step",children:"\u2026"})}export{f as default};
