import{J as t,L as e}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
