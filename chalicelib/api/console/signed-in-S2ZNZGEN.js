import{J as e,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function n(){return e(t,{title:"Signed in",children:"\u2026"})}export{n as default};
