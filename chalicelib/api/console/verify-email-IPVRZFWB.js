import{J as e,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function i(){return e(t,{title:"Verify email",children:"\u2026"})}export{i as default};
