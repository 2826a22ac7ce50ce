import{ab as t,cb as e}from"./chunk-QKDOG3YL.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};
